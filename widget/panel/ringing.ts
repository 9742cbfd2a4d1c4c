/** The sound of an answer: two soft notes, made here rather than fetched. */

/** Hertz, and seconds from the beginning: a rising fourth. */
const NOTES = [
  [587.3, 0],
  [784, 0.11],
] as const;
const LASTS = 0.5;
const LOUD = 0.12;

let speaker: AudioContext | null = null;

export function chime(): void {
  speaker ??= new AudioContext();
  const { currentTime: now, destination } = speaker;
  for (const [frequency, after] of NOTES) {
    const tone = new OscillatorNode(speaker, { type: "sine", frequency });
    const volume = new GainNode(speaker, { gain: 0 });
    volume.gain.setValueAtTime(0, now + after);
    volume.gain.linearRampToValueAtTime(LOUD, now + after + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + after + LASTS);
    tone.connect(volume).connect(destination);
    tone.start(now + after);
    tone.stop(now + after + LASTS);
  }
}
