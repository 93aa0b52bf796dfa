// Builds css/ and js/ into ../static/build. Names are stable; the static files storage adds the hashes.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "build");
const watching = process.argv.includes("--watch");

// One bundle per need, so that a page loads what it uses.
const styles = ["site", "admin", "interview", "live", "studio"];
const scripts = ["site", "interview", "check", "live", "studio", "monitor", "rehearsal"];

// Cheap phones keep their web view for years: nothing newer than this may reach them.
const target = ["es2018", "chrome64", "safari12", "firefox68"];

const sassPlugin = {
  name: "sass",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const result = sass.compile(path, {
        loadPaths: [join(here, "node_modules")],
        quietDeps: true,
        // Bootstrap 5.3 is written for Sass' @import.
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      });
      const watchFiles = result.loadedUrls.filter((url) => url.protocol === "file:").map((url) => fileURLToPath(url));
      return { contents: result.css, loader: "css", resolveDir: dirname(path), watchFiles };
    });
  },
};

mkdirSync(out, { recursive: true });

const options = {
  absWorkingDir: here,
  entryPoints: [...styles.map((name) => `css/${name}.scss`), ...scripts.map((name) => `js/${name}.js`)],
  entryNames: "[name]",
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target,
  // Safari 12 to 14 stumble over rare forms of it only (a rest inside a nested pattern with a default); none stands here.
  supported: { destructuring: true },
  charset: "utf8",
  legalComments: "none",
  external: ["*.svg"],
  logLevel: "warning",
  plugins: [sassPlugin],
};

if (watching) {
  const context = await esbuild.context(options);
  await context.watch();
  process.stdout.write("watching…\n");
} else {
  await esbuild.build(options);
  // Only now, so that a server which runs meanwhile finds its files.
  const wanted = new Set([...styles.map((name) => `${name}.css`), ...scripts.map((name) => `${name}.js`), ".stamp"]);
  for (const name of readdirSync(out).filter((one) => !wanted.has(one))) {
    rmSync(join(out, name), { recursive: true, force: true });
  }
  for (const name of [...styles.map((style) => `${style}.css`), ...scripts.map((script) => `${script}.js`)]) {
    const bytes = readFileSync(join(out, name));
    const size = (count) => `${(count / 1024).toFixed(1)} kB`;
    process.stdout.write(`${name.padEnd(12)} ${size(bytes.length).padStart(9)}  gzip ${size(gzipSync(bytes).length)}\n`);
  }
}
