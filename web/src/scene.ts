// What the page shows in words, decided from the state of things. Pure.

import type { ConnectionState } from "./connection";
import type { Activity } from "./conversation";
import type { MicrophoneProblem } from "./microphone";
import type { ReplyLevel } from "./protocol";

export interface Situation {
  started: boolean;
  line: ConnectionState;
  wasOpen: boolean; // there has been a connection before
  activity: Activity;
  level: ReplyLevel; // of Eva's voice
  microphone: "off" | "asking" | "on" | MicrophoneProblem;
  muted: boolean;
  typed: boolean; // the person has found the text box
  audible: boolean; // the browser lets the page make sound
  voiceless: boolean; // the part of the page that speaks did not load or start
  stoppable: boolean; // Eva speaks, or an answer is on its way
  trouble: string | null; // what the server complained about
  triedKey: boolean; // the person has given a key
}

export interface Problem {
  title: string;
  text: string;
  action?: { label: string; kind: "microphone" | "reconnect" | "sound" | "voice" | "dismiss" };
}

export interface Words {
  state: string;
  /** Seen instead of `state`, too short to be read aloud. */
  passing?: string;
  hint: string;
}

export function wordsFor(s: Situation): Words {
  if (!s.started) {
    return {
      state: "Hello, I’m Eva.",
      hint: "Talk to me as you would to anyone. I notice when you are done, and you can interrupt me.",
    };
  }
  if (s.line === "locked") {
    const hint = s.triedKey ? "That key does not fit." : "I need a key before we can talk.";
    return { state: "Locked", hint };
  }
  if (s.line === "waiting") return { state: "Connection lost", hint: "I am trying to come back." };
  if (s.line === "connecting") return { state: "Connecting", hint: "One moment." };
  if (s.microphone === "asking") {
    return { state: "May I listen?", hint: "Your browser asks whether I may use the microphone." };
  }
  switch (s.activity) {
    case "hearing":
      return { state: "Hearing you", hint: "Take your time." };
    case "thinking":
      return { state: "Thinking", hint: "One moment." };
    case "speaking":
      if (s.level !== "full") {
        return {
          state: "Speaking",
          passing: "Pausing for you",
          hint: "Go on, or let me finish.",
        };
      }
      return {
        state: "Speaking",
        hint: canHear(s) ? "Talk over me, and I stop." : "Type, and I stop.",
      };
    case "listening":
      if (s.muted && s.microphone === "on") {
        return { state: "Muted", hint: "I hear nothing until you unmute." };
      }
      if (s.microphone === "insecure") return { state: "Ready", hint: "Type to me." };
      if (!canHear(s)) return { state: "Ready", hint: "Type to me; I answer aloud." };
      return { state: "Listening", hint: "Just talk." };
  }
}

export function problemFor(s: Situation): Problem | null {
  if (s.line === "waiting" || (s.line === "connecting" && s.wasOpen)) {
    return {
      title: "The connection is lost.",
      text: "I come back by myself when the network or the server does. What was said stays here.",
      action: { label: "Try now", kind: "reconnect" },
    };
  }
  if (s.started && s.voiceless) {
    return {
      title: "My voice did not load.",
      text: "A part of this page is missing. Until it loads you can read what I say.",
      action: { label: "Try again", kind: "voice" },
    };
  }
  if (s.started && !s.audible) {
    return {
      title: "Your browser has paused the sound.",
      text: "It wants a click from you before I may go on.",
      action: { label: "Go on", kind: "sound" },
    };
  }
  const problem = microphoneWords[s.microphone];
  if (problem) return s.typed ? { ...problem, text: "" } : problem;
  if (s.trouble !== null) {
    return {
      title: "That did not work.",
      text: s.trouble,
      action: { label: "All right", kind: "dismiss" },
    };
  }
  return null;
}

function canHear(s: Situation): boolean {
  return s.microphone === "on" && !s.muted;
}

const tryAgain = { label: "Try again", kind: "microphone" } as const;

const microphoneWords: Partial<Record<Situation["microphone"], Problem>> = {
  refused: {
    title: "I am not allowed to use your microphone.",
    text:
      "To talk with me, click the icon to the left of the page’s address, allow the microphone, " +
      "and try again. Until then you can type to me.",
    action: tryAgain,
  },
  missing: {
    title: "I find no microphone.",
    text: "Plug one in or switch it on, and try again. Until then you can type to me.",
    action: tryAgain,
  },
  busy: {
    title: "Your microphone does not start.",
    text:
      "Another program may be using it. Close that program and try again. " +
      "Until then you can type to me.",
    action: tryAgain,
  },
  lost: {
    title: "Your microphone is gone.",
    text: "It was unplugged, or its permission was taken back. Until it returns you can type to me.",
    action: tryAgain,
  },
  failed: {
    title: "I cannot listen yet.",
    text: "A part of this page did not load. Try again. Until then you can type to me.",
    action: tryAgain,
  },
  insecure: {
    title: "At this address I can neither hear nor speak.",
    text:
      "Browsers give microphone and voice only to https addresses and to localhost. " +
      "Open Eva there to talk; here you can type to me and read what I say.",
  },
};
