// Loaded before the program: makes it fail, as by a bug, when SIGUSR2 comes.
process.on('SIGUSR2', () => {
  throw new Error('made to fail');
});
