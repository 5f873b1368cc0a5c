// The page. Shows what it is given and says what the person did; decides nothing.

import {
  heardWords,
  totalLatency,
  wordsOf,
  type Caption,
  type Latency,
} from "./conversation";
import { problemFor, wordsFor, type Problem, type Situation } from "./scene";

export interface ViewActions {
  start(): void;
  startTyping(): void;
  toggleMute(): void;
  interrupt(): void;
  say(text: string): void;
  unlock(key: string): void;
  solve(kind: NonNullable<Problem["action"]>["kind"]): void;
}

type LatencyPart = "endpointing" | "stt" | "brain" | "voice";

const kLatencyParts: { part: LatencyPart; label: string }[] = [
  { part: "endpointing", label: "noticing that you were done (endpointing)" },
  { part: "stt", label: "understanding your words (STT)" },
  { part: "brain", label: "finding an answer (brain)" },
  { part: "voice", label: "starting to speak (voice)" },
];

/** How each time was found. */
function measurementOf(part: LatencyPart, latency: Latency): string {
  switch (part) {
    case "endpointing":
      return latency.measured
        ? "Measured here: from your microphone’s last loud sound until Eva took your turn as over."
        : "Not measured: the silence that Eva waits for, as she is set.";
    case "stt":
      return "Measured here: from the end of your turn until its words arrived.";
    case "brain":
      return "Measured here: from your words until the answer’s first words were on their way.";
    case "voice":
      return "Measured here: from then until your loudspeaker began to sound.";
  }
}

/** Length of the latency bar, in rem: the same scale for all answers, so that they compare. */
const kBarPerSecond = 9;
const kBarMax = 18;

function $<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html lacks #${id}`);
  return element as T;
}

function make(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Sets text only when it differs: live regions speak on every change. */
function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export class View {
  private readonly orb = $("orb");
  private readonly state = $("state");
  private readonly passing = $("passing");
  private readonly hint = $("hint");
  private readonly captions = $("captions");
  private readonly placeholder = $("placeholder");
  private readonly problem = $("problem");
  private readonly problemAction = $<HTMLButtonElement>("problem-action");
  private readonly mute = $<HTMLButtonElement>("mute");
  private readonly meter = $("meter");
  private readonly interrupt = $<HTMLButtonElement>("interrupt");
  private readonly text = $<HTMLInputElement>("say");
  private readonly keyForm = $<HTMLFormElement>("key-form");
  private readonly key = $<HTMLInputElement>("key");
  private readonly help = $<HTMLDialogElement>("help");
  private readonly shortcuts = $<HTMLInputElement>("shortcuts");
  private readonly readCaptions = $<HTMLInputElement>("read-captions");
  private readonly cards = new Map<string, CaptionCard>();
  private solution: NonNullable<Problem["action"]>["kind"] | null = null;
  private meterShownAt = 0;
  private wantsToType = false;
  private atEnd = true;

  constructor(private readonly actions: ViewActions) {
    $("start").onclick = () => actions.start();
    $("start-typing").onclick = () => {
      this.wantsToType = true;
      actions.startTyping();
    };
    this.mute.onclick = () => actions.toggleMute();
    this.interrupt.onclick = () => actions.interrupt();
    this.problemAction.onclick = () => this.solution && actions.solve(this.solution);
    $("help-open").onclick = () => this.help.showModal();
    $<HTMLFormElement>("say-form").onsubmit = (event) => {
      event.preventDefault();
      const text = this.text.value.trim();
      if (text === "") return;
      this.text.value = "";
      actions.say(text);
    };
    this.keyForm.onsubmit = (event) => {
      event.preventDefault();
      actions.unlock(this.key.value.trim());
      this.key.value = "";
    };
    this.shortcuts.checked = localStorage.getItem("shortcuts") !== "off";
    this.shortcuts.onchange = () =>
      localStorage.setItem("shortcuts", this.shortcuts.checked ? "on" : "off");
    this.readCaptions.checked = localStorage.getItem("read-captions") === "on";
    this.readCaptions.onchange = () => {
      localStorage.setItem("read-captions", this.readCaptions.checked ? "on" : "off");
      this.followReading();
    };
    this.followReading();
    this.followEnd();
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Shows the state of things. */
  show(situation: Situation): void {
    const { body } = document;
    if (situation.started && body.dataset["scene"] === "welcome") this.enterTalk();
    body.dataset["activity"] = situation.activity;
    body.dataset["level"] = situation.level;
    body.dataset["line"] = situation.line;
    body.dataset["muted"] = String(situation.muted);

    const words = wordsFor(situation);
    say(this.state, words.state);
    say(this.passing, words.passing ?? "");
    this.state.classList.toggle("unseen", words.passing !== undefined);
    say(this.hint, words.hint);
    this.showProblem(problemFor(situation));

    const asksKey = situation.line === "locked";
    if (this.keyForm.hidden === asksKey) {
      if (!asksKey) this.keepFocus(this.keyForm);
      this.keyForm.hidden = !asksKey;
      if (asksKey) this.key.focus();
    }

    this.mute.disabled = situation.microphone !== "on";
    this.mute.setAttribute("aria-pressed", String(situation.muted));
    this.interrupt.disabled = !situation.stoppable;
  }

  /** Shows the words of the captions `changed`; those that `captionOf` does not know are gone. */
  showCaptions(
    changed: ReadonlySet<string>,
    captionOf: (id: string) => Caption | undefined,
  ): void {
    if (changed.size === 0) return;
    for (const id of changed) {
      const caption = captionOf(id);
      let card = this.cards.get(id);
      if (!caption) {
        card?.element.remove();
        this.cards.delete(id);
        continue;
      }
      if (!card) {
        card = new CaptionCard(caption.who);
        this.cards.set(id, card);
        this.captions.append(card.element);
      }
      card.show(caption);
    }
    this.placeholder.hidden = this.cards.size > 0;
    this.scrollToEnd();
  }

  /** Loudness of both sides now, RMS of full scale. Called for every frame of the screen. */
  levels(microphone: number, voice: number, now: number): void {
    const mic = loudness(microphone);
    this.orb.style.setProperty("--mic", mic.toFixed(3));
    this.orb.style.setProperty("--voice", loudness(voice).toFixed(3));
    this.meter.style.setProperty("--mic", mic.toFixed(3));
    if (now - this.meterShownAt < 250) return;
    this.meterShownAt = now;
    this.meter.setAttribute("aria-valuenow", String(Math.round(100 * mic)));
  }

  private enterTalk(): void {
    if (!this.wantsToType) this.keepFocus($("welcome"));
    document.body.dataset["scene"] = "talk";
    if (this.wantsToType) this.text.focus();
  }

  /** Call before `element` disappears: a focus inside it would be lost with it. */
  private keepFocus(element: HTMLElement): void {
    if (element.contains(document.activeElement)) this.state.focus();
  }

  /** Captions read aloud would talk over Eva's voice, so a screen reader is told of them only
   * if the person wishes. */
  private followReading(): void {
    this.captions.setAttribute("aria-live", this.readCaptions.checked ? "polite" : "off");
  }

  /** The newest words stay in sight, unless the person has scrolled back to older ones. */
  private followEnd(): void {
    const log = this.captions;
    log.onscroll = () => {
      this.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    };
    new ResizeObserver(() => this.scrollToEnd()).observe(log);
  }

  private scrollToEnd(): void {
    if (this.atEnd) this.captions.scrollTop = this.captions.scrollHeight;
  }

  private showProblem(problem: Problem | null): void {
    if (!problem && !this.problem.hidden) this.keepFocus(this.problem);
    this.problem.hidden = problem === null;
    this.solution = problem?.action?.kind ?? null;
    if (!problem) return;
    say($("problem-title"), problem.title);
    say($("problem-text"), problem.text);
    this.problemAction.hidden = !problem.action;
    say(this.problemAction, problem.action?.label ?? "");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    if (event.key === "Escape") {
      this.actions.interrupt();
      return;
    }
    const typing = event.target instanceof HTMLInputElement;
    if (typing || !this.shortcuts.checked) return;
    if (event.key === "m" || event.key === "M") this.actions.toggleMute();
    else if (event.key === "/") this.text.focus();
    else if (event.key === "?") this.help.showModal();
    else return;
    event.preventDefault();
  }
}

/**
 * One turn of the conversation on the page. Eva's words are only added, so that each is read once;
 * the person's may still be replaced, and are read when they no longer can.
 */
class CaptionCard {
  readonly element: HTMLElement;
  private readonly words = make("p", "words");
  private readonly note = make("p", "note");
  private spans: HTMLElement[] = [];
  private marks = new Map<number, HTMLElement>(); // of pauses, by the word that follows
  private struck = false;
  private latency: HTMLElement | null = null;

  constructor(who: Caption["who"]) {
    this.element = make("div", `caption ${who}`);
    this.element.append(make("p", "who", who === "you" ? "You" : "Eva"), this.words, this.note);
  }

  show(caption: Caption): void {
    const { state, clauses, receivedMs, playedMs, pauses, latency } = caption;
    const words = clauses.flatMap((clause) => wordsOf(clause.text));
    this.element.classList.toggle("pending", words.length === 0);
    this.element.classList.toggle("open", state === "open");
    if (!this.struck) this.setWords(words);
    if (caption.who === "you") {
      this.element.setAttribute("aria-busy", String(state === "open"));
      return;
    }

    this.markPauses(pauses);
    const heard = receivedMs === 0 ? words.length : heardWords(caption);
    const all = state === "done" && playedMs >= receivedMs - 1;
    this.spans.forEach((span, i) => span.classList.toggle("unheard", !all && i >= heard));
    if (state === "cut" && !this.struck) this.strike(heard);
    if (!this.latency && totalLatency(latency) !== undefined) {
      this.latency = latencyBar(latency);
      this.element.append(this.latency);
    }
  }

  private setWords(words: string[]): void {
    words.forEach((word, i) => {
      const span = this.spans[i];
      if (span) say(span, word);
      else this.words.append((this.spans[i] = make("span", "word", word)));
    });
    for (const span of this.spans.splice(words.length)) span.remove();
  }

  private markPauses(pauses: number[]): void {
    for (const [word, mark] of this.marks) {
      if (pauses.includes(word)) continue;
      mark.remove();
      this.marks.delete(word);
    }
    for (const word of pauses) {
      const next = this.spans[word];
      if (!next || this.marks.has(word)) continue;
      const mark = make("span", "pause");
      mark.setAttribute("aria-hidden", "true");
      mark.title = "Eva paused here to listen.";
      next.before(mark);
      this.marks.set(word, mark);
    }
  }

  private strike(heard: number): void {
    this.struck = true;
    this.note.textContent = "Interrupted";
    if (heard >= this.spans.length) return;
    const rest = make("s", "unsaid");
    const last = this.spans.at(-1)!;
    last.textContent = last.textContent?.trimEnd() ?? ""; // no line through the empty end
    rest.append(make("span", "unseen", "Not heard: "), ...this.spans.slice(heard));
    this.words.append(rest);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 950 ? 2 : 1)} s`;
}

function latencyBar(latency: Latency): HTMLElement {
  const total = totalLatency(latency) ?? 0;
  const details = document.createElement("details");
  details.className = "latency";
  const summary = document.createElement("summary");
  const bar = make("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  bar.style.width = `${Math.min(kBarMax, kBarPerSecond * (total / 1000)).toFixed(1)}rem`;
  const list = make("ul", "parts");
  for (const { part, label } of kLatencyParts) {
    const ms = latency[part];
    if (ms === undefined) continue;
    const segment = make("i", part);
    segment.style.flexGrow = String(Math.max(1, ms));
    bar.append(segment);
    const row = document.createElement("li");
    row.title = measurementOf(part, latency);
    const asSet = part === "endpointing" && !latency.measured ? ", as set" : "";
    row.append(make("i", part), make("b", "", seconds(ms)), make("span", "", label + asSet));
    list.append(row);
  }
  summary.title =
    latency.endpointing === undefined
      ? "From your line until your loudspeaker began to sound."
      : `From the end of your speech until your loudspeaker began to sound. ${measurementOf("endpointing", latency)}`;
  summary.append(bar, make("span", "total", `answered in ${seconds(total)}`));
  details.append(summary, list);
  details.ontoggle = () => details.scrollIntoView({ block: "nearest" });
  return details;
}

/** RMS to 0...1 as the ear has it: -52 dB is nothing, -12 dB is full. */
function loudness(rms: number): number {
  const decibels = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.max(0, Math.min(1, (decibels + 52) / 40));
}
