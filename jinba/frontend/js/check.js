// The device check: four things, one after another, each with one sentence. Usable long before the room opens.
import { ready } from "./dom.js";
import * as devices from "./interview/devices.js";
import { get, post } from "./interview/door.js";
import { hasRelay } from "./interview/peer.js";
import { local } from "./interview/streams.js";
import { Level, beep } from "./interview/sound.js";

const HEARD = 0.06; // of full level: a voice, not the hum of a room
const SILENT = 10_000; // ms before we say that nothing is heard
const LOOKS = 5; // requests that time the network
const SLOW = 800; // ms
const RELAY = 6_000; // ms for a relay to answer

const WORDS = {
  camera: {
    good: "看得见，摄像头好用。",
    denied: "没有允许使用摄像头。请按下面说的打开，再点“重新检查”。",
    none: "没有找到摄像头。没有也能面试：对方听得见您说话。",
    busy: "摄像头打不开，可能别的软件正在用。请把它们关掉，再点“重新检查”。",
  },
  microphone: {
    ask: "请说一句话，看绿条动不动。",
    good: "听得见您说话。",
    silent: "没有听到声音。请靠近手机再说一句；戴着耳机的，拔下来试试。",
    denied: "没有允许使用话筒。请按下面说的打开，再点“重新检查”。",
    none: "没有找到话筒。没有话筒，对方听不见您：请换一部手机，或者到时候改打电话。",
    busy: "话筒打不开，可能正在通话。请挂断电话，再点“重新检查”。",
  },
  speaker: {
    ask: "点一下，手机会响两声。",
    playing: "听见“嘟、嘟”两声了吗？",
    good: "声音好用。",
    bad: "请把音量键按大，关掉静音，拔下耳机，再放一次。",
  },
  network: {
    ask: "正在试…",
    good: "网络好，可以视频。",
    fair: "网络有点慢，能视频，画面可能不太清楚。最好连上无线网。",
    bad: "网络不通。请连上无线网或者打开手机流量，再点“重新检查”。",
    relay: "网络能用，但视频可能接不通。请换一个网络试试；到时候不行就改打电话。",
  },
};

ready("[data-check]", (root) => {
  const results = {};
  let level = null;

  function set(name, look, key) {
    const card = root.querySelector(`[data-device=${name}]`);
    card.dataset.look = look;
    card.querySelector("[data-says]").textContent = WORDS[name][key];
    if (look !== "wait") {
      results[name] = key;
      finish();
    }
  }

  const obstacle = devices.obstacle();
  if (obstacle) {
    root.querySelectorAll("[data-trouble]").forEach((part) => {
      part.hidden = part.dataset.trouble !== obstacle;
    });
    root.querySelector("[data-check-body]").hidden = true;
    return;
  }

  async function begin() {
    root.querySelector("[data-begin]").hidden = true;
    root.querySelector("[data-check-body]").hidden = false;
    root.querySelector("[data-all-good]").hidden = true;
    Object.keys(results).forEach((name) => delete results[name]);
    devices.stop();
    level && level.stop();
    checkNetwork();
    await devices.open();
    showHelp();
    checkCamera();
    checkMicrophone();
    set("speaker", "wait", "ask");
  }

  function showHelp() {
    const isDenied = devices.state.trouble === "denied";
    root.querySelectorAll("[data-trouble]").forEach((part) => {
      part.hidden = !(isDenied && part.dataset.trouble === "denied");
    });
  }

  function lack(kind) {
    const { trouble } = devices.state;
    return trouble === `no-${kind}` ? "none" : trouble === "denied" || trouble === "busy" ? trouble : "none";
  }

  function checkCamera() {
    const video = root.querySelector("[data-picture]");
    const has = Boolean(devices.track("video"));
    video.hidden = !has;
    if (!has) {
      set("camera", "bad", lack("camera"));
      return;
    }
    video.srcObject = local;
    video.play().catch(() => {});
    set("camera", "good", "good");
  }

  function checkMicrophone() {
    const bar = root.querySelector("[data-level]");
    bar.hidden = !devices.track("audio");
    if (!devices.track("audio")) {
      set("microphone", "bad", lack("microphone"));
      return;
    }
    set("microphone", "wait", "ask");
    const began = Date.now();
    let isHeard = false;
    level = new Level(local, (loud) => {
      bar.value = loud;
      if (!isHeard && loud > HEARD) {
        isHeard = true;
        set("microphone", "good", "good");
      } else if (!isHeard && Date.now() - began > SILENT && results.microphone !== "silent") {
        set("microphone", "bad", "silent");
      }
    });
  }

  async function checkNetwork() {
    set("network", "wait", "ask");
    try {
      const times = [];
      for (let look = 0; look < LOOKS; look += 1) {
        const began = performance.now();
        await get("state");
        times.push(performance.now() - began);
      }
      times.sort((one, two) => one - two);
      const isSlow = times[Math.floor(LOOKS / 2)] > SLOW;
      // Who is not let in yet is not told the relay: then only the way to us is timed.
      const isCut = (await relayAnswers()) === false;
      set("network", isCut ? "bad" : "good", isCut ? "relay" : isSlow ? "fair" : "good");
    } catch (error) {
      // A refusal with words came over a network that works.
      set("network", error.status ? "good" : "bad", error.status ? "good" : "bad");
    }
  }

  async function relayAnswers() {
    let ice;
    try {
      ice = await post("ice");
    } catch (error) {
      return null;
    }
    if (!hasRelay(ice)) {
      return null;
    }
    const pc = new RTCPeerConnection({ iceServers: ice.iceServers, iceTransportPolicy: "relay" });
    pc.createDataChannel("check");
    const found = new Promise((tell) => {
      pc.onicecandidate = (event) => event.candidate && event.candidate.candidate && tell(true);
      setTimeout(() => tell(false), RELAY);
    });
    await pc.setLocalDescription(await pc.createOffer());
    const answer = await found;
    pc.close();
    return answer;
  }

  async function finish() {
    const isWhole = ["camera", "microphone", "speaker", "network"].every((name) => results[name]);
    if (!isWhole) {
      return;
    }
    const end = root.querySelector("[data-all-good]");
    const isGood = root.querySelectorAll("[data-look=bad]").length === 0;
    end.hidden = false;
    end.querySelector("[data-good]").hidden = !isGood;
    end.querySelector("[data-not-good]").hidden = isGood;
    try {
      await post("device", results);
    } catch (error) {
      // The check helps the person who makes it; that we did not hear of it is no matter for him.
    }
  }

  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) {
      return;
    }
    if (button.matches("[data-start]")) {
      begin();
    } else if (button.matches("[data-beep]")) {
      beep();
      set("speaker", "wait", "playing");
      root.querySelector("[data-heard]").hidden = false;
    } else if (button.matches("[data-heard-yes]")) {
      set("speaker", "good", "good");
    } else if (button.matches("[data-heard-no]")) {
      set("speaker", "bad", "bad");
    }
  });
  window.addEventListener("pagehide", devices.stop);
});
