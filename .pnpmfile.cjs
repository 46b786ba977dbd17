/**
 * `pnpm kernel` shows the kernel's screen alone: pnpm's own echo of the script is left out for it. An installation
 * that runs first is a process of its own and still shows its progress and its errors.
 */
module.exports = {
  hooks: {
    updateConfig(config) {
      const command = process.argv.slice(2).find((word) => word !== "run" && word !== "run-script");
      if (command === "kernel") config.reporter = "silent";
      return config;
    },
  },
};
