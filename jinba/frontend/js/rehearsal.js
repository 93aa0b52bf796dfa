// The rehearsal before a live session: picture, sound and the way up are tried here; the form beside keeps what was found.
import { ready } from "./dom.js";
import * as devices from "./interview/devices.js";
import { local } from "./interview/streams.js";
import { Level } from "./interview/sound.js";

const HEARD = 0.06; // of full level: a voice, not the hum of a room
const SILENT = 10_000; // ms before we say that nothing is heard
const ROUNDS = 3; // uploads; the best counts, as the first one opens the connection

const OBSTACLES = {
  insecure: "这个网址不是 https 开头，浏览器不给用摄像头。请用 https 的网址打开。",
  wechat: "微信里打不开摄像头。请点右上角“···”，选“在浏览器打开”。",
  browser: "这个浏览器不能开播。请换新一点的 Chrome、Edge 或手机自带的浏览器，或者改用推流软件。",
};
const WORDS = {
  camera: {
    good: "看得见画面。请看看光线够不够、背景乱不乱。",
    denied: "没有允许使用摄像头。请点网址左边的小锁，把摄像头改成“允许”，再试一遍。",
    none: "没有找到摄像头。请换一部手机或电脑。",
    busy: "摄像头打不开，可能别的软件正在用。请把它们关掉，再试一遍。",
  },
  microphone: {
    ask: "请用讲岗位的声音说一句话，看绿条动不动。",
    good: "听得见声音。",
    silent: "没有听到声音。请靠近话筒再说一句；车间太吵的，请戴耳麦。",
    denied: "没有允许使用话筒。请点网址左边的小锁，把麦克风改成“允许”，再试一遍。",
    none: "没有找到话筒。",
    busy: "话筒打不开，可能正在通话。请挂断电话，再试一遍。",
  },
};

ready("[data-rehearsal]", (root) => {
  const form = root.querySelector("form");
  if (!form || !form.elements.upload_kbps) {
    return; // shown on another platform, or to somebody who does not rehearse
  }
  const probe = JSON.parse(document.getElementById("rehearsal-probe").textContent);
  let level = null;

  function say(name, look, words) {
    const card = root.querySelector(`[data-device=${name}]`);
    card.dataset.look = look;
    card.querySelector("[data-says]").textContent = words;
  }

  function set(name, look, key) {
    say(name, look, WORDS[name][key]);
    form.elements[name].value = look === "good" ? "on" : "";
  }

  async function begin() {
    root.querySelector("[data-begin]").hidden = true;
    root.querySelector("[data-check-body]").hidden = false;
    const obstacle = devices.obstacle() || ("MediaRecorder" in window ? "" : "browser");
    const line = root.querySelector("[data-obstacle]");
    line.hidden = !obstacle;
    line.textContent = OBSTACLES[obstacle] || "";
    if (obstacle) {
      return;
    }
    devices.stop();
    level && level.stop();
    const measured = measure();
    await devices.open();
    checkCamera();
    checkMicrophone();
    await measured;
  }

  function lack() {
    const { trouble } = devices.state;
    return trouble === "denied" || trouble === "busy" ? trouble : "none";
  }

  function checkCamera() {
    const video = root.querySelector("[data-picture]");
    const has = Boolean(devices.track("video"));
    video.hidden = !has;
    if (!has) {
      set("camera", "bad", lack());
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
      set("microphone", "bad", lack());
      return;
    }
    set("microphone", "wait", "ask");
    const began = Date.now();
    let state = "";
    level = new Level(local, (loud) => {
      bar.value = loud;
      if (state !== "good" && loud > HEARD) {
        state = "good";
        set("microphone", "good", "good");
      } else if (!state && Date.now() - began > SILENT) {
        state = "silent";
        set("microphone", "bad", "silent");
      }
    });
  }

  async function measure() {
    say("upload", "wait", "正在试…");
    form.elements.upload_kbps.value = "";
    const bytes = new Uint8Array(probe.bytes);
    for (let at = 0; at < bytes.length; at += 65536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65536)); // nothing on the way can make it smaller
    }
    let best = 0;
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const began = performance.now();
        const answer = await fetch(probe.url, {
          method: "POST",
          body: bytes,
          credentials: "same-origin",
          headers: {
            "Content-Type": "application/octet-stream",
            "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
          },
        });
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        best = Math.max(best, (probe.bytes * 8) / Math.max(1, performance.now() - began));
      }
    } catch (error) {
      say("upload", "bad", "网络不通。请连上无线网或者打开手机流量，再试一遍。");
      return;
    }
    const speed = `${(best / 1000).toFixed(1)} Mbps`;
    form.elements.upload_kbps.value = String(Math.round(best));
    if (best >= 2 * probe.enough) {
      say("upload", "good", `上传 ${speed}，够用。`);
    } else if (best >= probe.enough) {
      say("upload", "good", `上传 ${speed}，勉强够。开播时请别让别人占着这个网络。`);
    } else {
      say("upload", "bad", `上传只有 ${speed}，画面会卡。请换一个网络，或者离无线路由器近一点。`);
    }
  }

  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-start]")) {
      begin();
    }
  });
  window.addEventListener("pagehide", devices.stop);
});
