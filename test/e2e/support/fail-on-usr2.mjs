// Loaded before the program: makes it fail, as by a bug, on SIGUSR2.
process.on('SIGUSR2', () => {
  throw new Error('made to fail');
});
