// A store as a user would have it: folders that were snapshotted, and a notebook that ran as a pipeline.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const rok = process.env.ROK_COMMAND ?? join(root, "rok");

/** A PNG of one colour field beside another, made by hand: no image library is needed for it. */
export function png(width, height) {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes) => {
    let c = 0xffffffff;
    for (const b of bytes) c = crcTable[(c ^ b) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), 8 + data.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = [];
  for (let y = 0; y < height; y++) {
    const row = [0];
    for (let x = 0; x < width; x++) {
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2;
      row.push(...(inside ? [245, 200, 80] : [20, (60 + (x * 80) / width) | 0, 110]));
    }
    rows.push(Buffer.from(row));
  }
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.concat(rows));
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

const code = (source, tags = [], outputs = []) => ({
  cell_type: "code",
  execution_count: outputs.length > 0 ? 3 : null,
  metadata: { tags },
  source,
  outputs,
});

/** A notebook whose outputs are of every kind, hostile ones included. */
export const READ_NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: "python" }, kernelspec: { name: "python3", language: "python" } },
  cells: [
    {
      cell_type: "markdown",
      metadata: {},
      source:
        "# Survival by class\n\nWhat the *decision tree* learns, against a **baseline**. See [the data](https://example.org/titanic).\n\n| model | accuracy |\n|---|--:|\n| tree | 0.927 |\n| svm | 0.834 |\n\n<img src=x onerror=\"document.title='owned'\">\n",
    },
    code(
      'import pandas as pd\n\n\ndef scores(models):\n    # one row for each model\n    return pd.DataFrame({"model": models, "accuracy": [0.927, 0.834]})\n\n\nscores(["tree", "svm"])',
      ["step:results", "prev:svm"],
      [
        { output_type: "stream", name: "stdout", text: ["training\n", "epoch 1/2\repoch 2/2\n"] },
        {
          output_type: "execute_result",
          execution_count: 3,
          metadata: {},
          data: {
            "text/plain": "  model  accuracy",
            "text/html":
              '<div><style scoped>.dataframe th { vertical-align: top; }</style><table border="1" class="dataframe"><thead><tr><th></th><th>model</th><th>accuracy</th></tr></thead><tbody><tr><th>0</th><td>tree</td><td>0.927</td></tr><tr><th>1</th><td>svm</td><td>0.834</td></tr></tbody></table></div><img src=x onerror="parent.document.title=\'owned\'"><script>parent.document.title="owned"</script>',
          },
        },
      ],
    ),
    code(
      "plot()",
      [],
      [
        {
          output_type: "display_data",
          metadata: {},
          data: { "image/png": png(320, 160).toString("base64"), "text/plain": "<Figure>" },
        },
      ],
    ),
    code(
      "1 / 0",
      [],
      [
        {
          output_type: "error",
          ename: "ZeroDivisionError",
          evalue: "division by zero",
          traceback: ["\u001b[0;31mZeroDivisionError\u001b[0m: division by zero"],
        },
      ],
    ),
  ],
};

/** A notebook that runs as a pipeline, with steps side by side and nothing to install. */
const RUN_NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
    kubeflow_notebook: {
      experiment: { id: "new", name: "Titanic" },
      experiment_name: "Titanic",
      pipeline_name: "titanic",
    },
  },
  cells: [
    code("folds = 5\nlabel = 'Survived'", ["pipeline-parameters"]),
    code("rows = list(range(100))\nopen('rows.txt', 'w').write(str(rows))", ["block:load"]),
    code("clean = [r for r in rows if r % folds]", ["block:prepare", "prev:load"]),
    code("tree_score = len(clean) / 100", ["block:tree", "prev:prepare"]),
    code("svm_score = len(clean) / 120", ["block:svm", "prev:prepare"]),
    code("forest_score = len(clean) / 110", ["block:forest", "prev:prepare"]),
    code("best = max(tree_score, svm_score, forest_score)", ["block:results", "prev:tree", "prev:svm", "prev:forest"]),
    code("print(best)", ["pipeline-metrics"]),
  ],
};

/** Makes folders and versions of them; returns where the store is. */
export function makeStore() {
  const top = mkdtempSync(join(tmpdir(), "rok-page."));
  const rokHome = join(top, "home");
  // The Python environment of steps takes half a minute to make: one is kept for all runs of the tests.
  const cache =
    process.env.ROK_TEST_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rok", "test");
  mkdirSync(join(cache, "python"), { recursive: true });
  mkdirSync(rokHome);
  symlinkSync(join(cache, "python"), join(rokHome, "python"));
  const env = { ...process.env, ROK_HOME: rokHome, NO_COLOR: "1" };
  const run = (...args) =>
    execFileSync(rok, args, { env, cwd: top, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
  try {
    const work = join(top, "work");
    const data = join(top, "data");
    mkdirSync(join(work, "src", "empty"), { recursive: true });
    mkdirSync(data);
    writeFileSync(
      join(work, "README.md"),
      "# Titanic\n\nWho survived, and **why**.\n\n- `train.csv`: the data\n- [more](https://example.org)\n\n<script>document.title='owned'</script>\n",
    );
    writeFileSync(
      join(work, "src", "model.py"),
      'import math\n\n\nclass Model:\n    """A model."""\n\n    def fit(self, rows):  # learns\n        return math.sqrt(len(rows)) * 1.5\n',
    );
    writeFileSync(join(work, "plot.png"), png(480, 270));
    writeFileSync(join(work, "analysis.ipynb"), JSON.stringify(READ_NOTEBOOK));
    writeFileSync(
      join(work, "report.html"),
      "<!doctype html><h1 style='color:#0b6e66'>Report</h1><p>All well.</p><script>parent.document.title='owned'</script>",
    );
    writeFileSync(join(work, "model.bin"), Buffer.from([0, 1, 2, 3, 0, 255]));
    writeFileSync(join(work, "<img src=x onerror=document.title='owned'>.txt"), "a hostile name\n");
    writeFileSync(Buffer.concat([Buffer.from(`${work}/not-utf8-`), Buffer.from([0xff, 0xfe])]), "bytes\n");
    symlinkSync("src/model.py", join(work, "latest"));
    const rows = Array.from(
      { length: 400 },
      (_, i) =>
        `${i + 1},${i % 2},${1 + (i % 3)},"Braund, Mr. Owen ${i}",${i % 2 ? "male" : "female"},${20 + (i % 40)},${(7.25 + i * 0.37).toFixed(2)}`,
    );
    writeFileSync(join(data, "train.csv"), `PassengerId,Survived,Pclass,Name,Sex,Age,Fare\n${rows.join("\n")}\n`);
    writeFileSync(join(data, "train.log"), `${"a line of a log that went on for a while\n".repeat(60_000)}`);
    run(
      "snapshot",
      work,
      data,
      "--to",
      "lab/study",
      "--title",
      "First look",
      "--message",
      "Before the upgrade of scikit-learn.",
      "--label",
      "owner=ada",
      "--label",
      "state=initial",
      "--quiet",
    );
    writeFileSync(join(work, "src", "model.py"), 'print("changed")\n');
    run("snapshot", work, data, "--to", "lab/study", "--title", "Second thoughts", "--label", "owner=ada", "--quiet");
    run("snapshot", join(work, "src"), "--to", "lab/sources", "--quiet");
    run("snapshot", join(work, "src"), "--to", "a name with spaces & <b>marks/ünïcode file", "--quiet");
    const notebooks = join(top, "notebooks");
    mkdirSync(notebooks);
    writeFileSync(join(notebooks, "titanic.ipynb"), JSON.stringify(RUN_NOTEBOOK));
    run("run", join(notebooks, "titanic.ipynb"), "--workspace", notebooks, "--steps-parallel", "2", "--quiet");
  } catch (error) {
    rmSync(top, { recursive: true, force: true });
    throw new Error(`rok ${String(error.spawnargs?.slice(0, 3).join(" "))}: ${error.stderr || error.message}`);
  }
  return { rokHome, remove: () => rmSync(top, { recursive: true, force: true }) };
}

/** Starts `rok serve` at a free port. */
export function serve(rokHome) {
  return new Promise((resolve, reject) => {
    const child = spawn(rok, ["serve", "--port", "0", "--json"], {
      env: { ...process.env, ROK_HOME: rokHome },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const timer = setTimeout(() => reject(new Error(`rok serve did not say its address: ${said}`)), 60_000);
    const hear = (bytes) => {
      said += bytes;
      const found = /http:\/\/localhost:\d+/.exec(said);
      if (found) {
        clearTimeout(timer);
        resolve({ base: found[0], stop: () => child.kill("SIGTERM") });
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (exit) => reject(new Error(`rok serve ended with ${exit}: ${said}`)));
  });
}
