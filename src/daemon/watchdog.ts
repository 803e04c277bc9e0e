/**
 * Gives signs of life, at once and then twice in every `usec` microseconds, but only while `answers` settles, which asks those who do the work:
 * where one of them hangs there is none until it is back, and where `answers` rejects there is none any more. Answers with what ends it.
 */
export function keepAlive(usec: number, answers: () => Promise<void>, alive: () => Promise<void>): () => void {
  const interval = usec / 2000;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function round(): Promise<void> {
    await answers();
    if (ended) return;
    await alive();
    timer = setTimeout(begin, interval).unref();
    if (ended) clearTimeout(timer);
  }

  function begin(): void {
    round().catch(() => undefined);
  }

  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
