// The pictures and sounds of the room, for whoever needs them: the stage shows them, the recorder keeps them.
const listeners = new Set();
const remotes = new Map();

/** Own camera and microphone. It stays the same object; its tracks come and go ("addtrack" is not fired for own tracks). */
export const local = "MediaStream" in window ? new MediaStream() : null;

/** What the others send: [{seat, stream}], by seat number. A stream stays the same object as long as its page does. */
export function others() {
  return Array.from(remotes, ([seat, stream]) => ({ seat, stream })).sort((one, two) => one.seat - two.seat);
}

/** Calls `act()` whenever a track or a person came or went; gives a function that ends this. */
export function onStreams(act) {
  listeners.add(act);
  return () => listeners.delete(act);
}

export function changed() {
  for (const act of listeners) {
    act();
  }
}

export function putRemote(seat, stream) {
  if (remotes.get(seat) !== stream) {
    remotes.set(seat, stream);
  }
  changed();
}

export function dropRemote(seat) {
  if (remotes.delete(seat)) {
    changed();
  }
}
