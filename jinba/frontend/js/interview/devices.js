// Camera and microphone: asking for them, switching them, and why they did not come.
import { changed, local } from "./streams.js";

// A small picture: a cheap phone draws it, a thin line carries it.
let size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 24 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export const state = {
  facing: "user",
  cameras: 0,
  wantsSound: true, // what the person chose; whether there is a track is another matter
  wantsPicture: true,
  trouble: "", // why something is missing: denied, busy, none, no-camera, no-microphone
};

/** Another size of picture from now on: who speaks to many sends more than who speaks to one. */
export function wish(wanted) {
  size = wanted;
}

/** What keeps this page from a video call at all, before anybody is asked: "", insecure, wechat, browser. */
export function obstacle() {
  if (!window.isSecureContext) {
    return "insecure";
  }
  const hasMedia = navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  const hasCall = "RTCPeerConnection" in window && "addTransceiver" in RTCPeerConnection.prototype && "WebSocket" in window;
  if (hasMedia && hasCall) {
    return "";
  }
  return /MicroMessenger/i.test(navigator.userAgent) ? "wechat" : "browser";
}

/** Whether the camera and the microphone may be used without a question. */
export async function isAllowed() {
  try {
    const answers = await Promise.all(
      ["camera", "microphone"].map((name) => navigator.permissions.query({ name })),
    );
    return answers.every((answer) => answer.state === "granted");
  } catch (error) {
    return false; // this browser does not tell
  }
}

export function whyNot(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError" || error.name === "PermissionDeniedError") {
    return "denied";
  }
  if (error.name === "NotFoundError" || error.name === "DevicesNotFoundError" || error.name === "OverconstrainedError") {
    return "none";
  }
  return "busy"; // NotReadableError, AbortError, TrackStartError
}

export function track(kind) {
  return (local && local.getTracks().find((one) => one.kind === kind)) || null;
}

function put(fresh) {
  const old = track(fresh.kind);
  if (old) {
    old.stop();
    local.removeTrack(old);
  }
  fresh.enabled = fresh.kind === "audio" ? state.wantsSound : true;
  local.addTrack(fresh);
  fresh.onended = () => {
    // Unplugged, or taken by a phone call.
    if (track(fresh.kind) === fresh) {
      local.removeTrack(fresh);
      changed();
    }
  };
}

async function take(constraints) {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  stream.getTracks().forEach(put);
}

const pictureOf = (facing) => ({ ...size, facingMode: facing });

/** Asks for both; when only one of them is there, takes that one and leaves the reason in `state.trouble`. */
export async function open() {
  state.trouble = "";
  try {
    await take({ audio: SOUND, video: state.wantsPicture ? pictureOf(state.facing) : false });
  } catch (error) {
    state.trouble = whyNot(error);
    const gotSound = await tryOne({ audio: SOUND });
    const gotPicture = state.wantsPicture && (await tryOne({ video: pictureOf(state.facing) }));
    if (gotSound && !gotPicture) {
      state.trouble = "no-camera";
    } else if (gotPicture && !gotSound) {
      state.trouble = "no-microphone";
    }
  }
  await count();
  changed();
  return state.trouble;
}

async function tryOne(constraints) {
  try {
    await take(constraints);
    return true;
  } catch (error) {
    return false;
  }
}

async function count() {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    state.cameras = all.filter((device) => device.kind === "videoinput").length;
  } catch (error) {
    state.cameras = 0;
  }
}

export function setSound(isWanted) {
  state.wantsSound = isWanted;
  const sound = track("audio");
  if (sound) {
    sound.enabled = isWanted;
  }
  changed();
}

/** Off means that the camera itself goes dark, not only its picture. */
export async function setPicture(isWanted) {
  state.wantsPicture = isWanted;
  const picture = track("video");
  if (!isWanted && picture) {
    picture.onended = null;
    picture.stop();
    local.removeTrack(picture);
  } else if (isWanted && !picture) {
    try {
      await take({ video: pictureOf(state.facing) });
    } catch (error) {
      state.wantsPicture = false;
      changed();
      throw error;
    }
  }
  changed();
}

/** The next camera: a phone's other side, else the next of the list. */
export async function nextCamera() {
  const old = track("video");
  const before = old && old.getSettings ? old.getSettings() : {};
  const facing = state.facing === "user" ? "environment" : "user";
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  const at = cameras.findIndex((one) => one.deviceId === before.deviceId);
  const next = cameras[(at + 1) % cameras.length];
  // Most phones open one camera at a time.
  if (old) {
    old.onended = null;
    old.stop();
    local.removeTrack(old);
  }
  const wishes = before.facingMode || !next
    ? [pictureOf({ exact: facing }), pictureOf(facing)]
    : [{ ...size, deviceId: { exact: next.deviceId } }, pictureOf(facing)];
  let lack;
  for (const video of [...wishes, pictureOf(state.facing)]) {
    try {
      await take({ video });
      const now = track("video").getSettings();
      state.facing = now.facingMode || (before.facingMode ? facing : "user");
      changed();
      return;
    } catch (error) {
      lack = error;
    }
  }
  changed();
  throw lack;
}

/** A page that slept may find its devices gone. */
export async function revive() {
  const lacksSound = state.trouble !== "no-microphone" && !isLive("audio");
  const lacksPicture = state.wantsPicture && state.trouble !== "no-camera" && !isLive("video");
  if (lacksSound) {
    await tryOne({ audio: SOUND });
  }
  if (lacksPicture) {
    await tryOne({ video: pictureOf(state.facing) });
  }
  if (lacksSound || lacksPicture) {
    changed();
  }
}

function isLive(kind) {
  const one = track(kind);
  return one !== null && one.readyState === "live";
}

export function stop() {
  if (local) {
    for (const one of local.getTracks()) {
      one.onended = null;
      one.stop();
      local.removeTrack(one);
    }
    changed();
  }
}
