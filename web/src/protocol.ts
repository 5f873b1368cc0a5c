// The part of the OpenAI Realtime protocol (GA) that the page speaks. One JSON object per
// WebSocket text frame; audio is base64 PCM16, mono, 24 kHz, in both directions.

export const kSampleRate = 24_000;

export interface TurnDetection {
  type: string;
  silence_duration_ms?: number;
  interrupt_response?: boolean;
}

/** How loud the server sends Eva's voice while somebody speaks over it. */
export type ReplyLevel = "full" | "ducked" | "held";

export interface Session {
  /** Events that are sent only to those who ask. */
  include?: "eva.reply.level"[] | null;
  audio?: {
    input?: { transcription?: object | null; turn_detection?: TurnDetection | null };
  };
}

export interface Item {
  id: string;
  type: string;
  role?: string;
}

export interface ServerError {
  code?: string | null;
  message: string;
}

export interface ResponseObject {
  id: string;
  status: string;
  status_details?: { reason?: string; error?: { message?: string } | null } | null;
}

interface InputTranscript {
  item_id: string;
}

interface OutputPart {
  response_id: string;
  item_id: string;
}

export type ServerEvent =
  | { type: "session.created" | "session.updated"; session: Session }
  | { type: "input_audio_buffer.speech_started"; item_id: string; audio_start_ms: number }
  | { type: "input_audio_buffer.speech_stopped"; item_id: string; audio_end_ms: number }
  | { type: "input_audio_buffer.committed"; item_id: string }
  | { type: "input_audio_buffer.cleared" }
  | (InputTranscript & { type: "conversation.item.input_audio_transcription.delta"; delta: string })
  | (InputTranscript & {
      type: "conversation.item.input_audio_transcription.completed";
      transcript: string;
    })
  | (InputTranscript & {
      type: "conversation.item.input_audio_transcription.failed";
      error: ServerError;
    })
  | { type: "conversation.item.truncated"; item_id: string; audio_end_ms: number }
  | { type: "response.created" | "response.done"; response: ResponseObject }
  | { type: "response.output_item.added"; response_id: string; item: Item }
  | (OutputPart & { type: "response.output_audio_transcript.delta"; delta: string })
  | (OutputPart & { type: "response.output_audio.delta"; delta: string })
  | (OutputPart & { type: "response.output_audio.done" })
  | (OutputPart & { type: "response.output_text.delta"; delta: string })
  | { type: "eva.reply.level"; response_id: string; level: ReplyLevel } // Eva's own event
  | { type: "error"; error: ServerError };

export type MessageContent = { type: "input_text" | "output_text"; text: string };

export type ClientEvent =
  | { type: "session.update"; session: { type: "realtime" } & Session }
  | { type: "input_audio_buffer.append"; audio: string }
  | { type: "input_audio_buffer.clear" }
  | {
      type: "conversation.item.create";
      item: { id: string; type: "message"; role: "user" | "assistant"; content: MessageContent[] };
    }
  | {
      type: "conversation.item.truncate";
      item_id: string;
      content_index: 0;
      audio_end_ms: number;
    }
  | { type: "response.create" }
  | { type: "response.cancel" };

/** Milliseconds of audio in a base64 PCM16 payload, without decoding it. */
export function audioMs(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  const bytes = (base64.length * 3) / 4 - padding;
  return (bytes / 2 / kSampleRate) * 1000;
}

/** Base64 PCM16 (little endian) to samples in [-1, 1). */
export function decodeAudio(base64: string): Float32Array {
  const bytes = atob(base64);
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) {
    const value = bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8);
    samples[i] = ((value << 16) >> 16) / 32768;
  }
  return samples;
}

/** Samples to base64 PCM16 (little endian); values outside [-1, 1] are clipped. */
export function encodeAudio(samples: Float32Array): string {
  let bytes = "";
  for (const sample of samples) {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    bytes += String.fromCharCode(value & 0xff, (value >> 8) & 0xff);
  }
  return btoa(bytes);
}
