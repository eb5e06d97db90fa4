// The tests: [name, function]. Each page is seen light and dark, at 360 and 1280 pixels, by axe, and for a wide screen.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const e = encodeURIComponent;

export async function tests({ browser, base, axe, shots }) {
  const api = async (path) => {
    const answer = await fetch(`${base}/api/v1${path}`);
    assert.equal(answer.status, 200, path);
    return answer.json();
  };
  const versions = (await api("/buckets/lab/files/study/versions")).items;
  const version = versions.at(-1);
  const run = (await api("/runs")).items[0];
  assert.ok(run, "the store has a run");
  const work = `/rok/buckets/lab/files/study/versions/${version.version}`;
  const runPath = `/rok/buckets/${e(run.bucket)}/runs/${e(run.file)}`;

  const pages = {
    buckets: ["/rok/buckets", "Buckets"],
    bucket: ["/rok/buckets/lab", "lab"],
    file: ["/rok/buckets/lab/files/study", "study"],
    version: [work, version.title],
    folder: [`${work}/browse/work`, "work"],
    text: [`${work}/view/work?path=src/model.py`, "model.py"],
    markdown: [`${work}/view/work?path=README.md`, "README.md"],
    image: [`${work}/view/work?path=plot.png`, "plot.png"],
    notebook: [`${work}/view/work?path=analysis.ipynb`, "analysis.ipynb"],
    csv: [`${work}/view/data?path=train.csv`, "train.csv"],
    html: [`${work}/view/work?path=report.html`, "report.html"],
    runs: ["/rok/runs", "Runs"],
    "runs-of-bucket": [`/rok/buckets/${e(run.bucket)}/runs`, run.bucket],
    run: [runPath, run.pipeline],
    tasks: ["/rok/tasks", "Tasks"],
    nothing: ["/rok/no/such/page", "There is nothing at this address"],
    missing: ["/rok/buckets/none", "none"],
  };

  /** Opens a page in a fresh window; complains about script errors, refused content and sideways scrolling. */
  async function open(path, { theme = "light", bypassCSP = false } = {}, use = async () => {}) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: theme,
      bypassCSP,
      permissions: ["clipboard-read", "clipboard-write"],
      reducedMotion: "reduce",
    });
    try {
      const page = await context.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.setDefaultTimeout(10_000);
      page.on("console", (message) => {
        const expected =
          /status of 404|sandboxed and the 'allow-scripts'|Blocked script execution|violates the following Content Security Policy directive/;
        if (message.type() === "error" && !expected.test(message.text()))
          complaints.push(`${message.text()} ${message.location().url}`);
      });
      await page.goto(base + path);
      await use(page);
      // Without the policy, what it holds back complains elsewhere.
      if (!bypassCSP) assert.deepEqual(complaints, []);
      assert.ok(!(await page.title()).includes("owned"), "stored bytes ran as a script");
    } finally {
      await context.close();
    }
  }

  const all = [];
  const test = (name, body) => all.push([name, body]);

  const settled = async (page, heading) => {
    await page.getByRole("heading", { name: heading, exact: true }).first().waitFor({ timeout: 10_000 });
    await page.waitForFunction(() => document.querySelector(".bone, .loading") === null, undefined, {
      timeout: 10_000,
    });
  };

  for (const [name, [path, heading]] of Object.entries(pages)) {
    test(`${name} is whole, light and dark, at 360, 1280 and 2560 pixels`, () =>
      open(path, {}, async (page) => {
        await settled(page, heading);
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          for (const width of [360, 1280, 2560]) {
            await page.setViewportSize({ width, height: width < 500 ? 740 : 800 });
            await page.waitForTimeout(60);
            const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(sideways <= 0, `at ${width} the page is ${sideways} px too wide`);
            if (shots && width < 2000) {
              mkdirSync(shots, { recursive: true });
              await page.screenshot({ path: join(shots, `${name}-${width}-${theme}.png`), fullPage: true });
            }
          }
        }
      }));
    test(`axe finds nothing on ${name}, light, dark and narrow`, () =>
      open(path, { bypassCSP: true }, async (page) => {
        await settled(page, heading);
        await page.addScriptTag({ path: axe });
        for (const [theme, width] of [
          ["light", 1280],
          ["dark", 1280],
          ["light", 360],
        ]) {
          await page.emulateMedia({ colorScheme: theme });
          await page.setViewportSize({ width, height: 800 });
          const found = await page.evaluate(() => globalThis.axe.run(document, { iframes: false }));
          const told = found.violations.map(
            (v) =>
              `${v.id} (${v.impact}): ${v.nodes
                .slice(0, 3)
                .map((n) => n.html.slice(0, 160))
                .join(" | ")}`,
          );
          assert.deepEqual(told, [], `${theme} at ${width}`);
        }
      }));
  }

  test("arrow keys, Enter and Escape walk from the buckets to a file and back", () =>
    open("/rok/buckets", {}, async (page) => {
      await page.locator("a[data-row]").first().waitFor();
      await page.keyboard.press("ArrowDown");
      const first = await page.evaluate(() => document.activeElement?.textContent);
      await page.keyboard.press("ArrowDown");
      const second = await page.evaluate(() => document.activeElement?.textContent);
      assert.notEqual(first, second);
      await page.keyboard.press("End");
      await page.keyboard.press("k");
      await page.keyboard.press("Home");
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), first);
      await page.getByRole("link", { name: "lab", exact: true }).press("Enter");
      await page.waitForURL("**/rok/buckets/lab");
      await page.getByRole("link", { name: /^study/ }).press("Enter");
      await page.waitForURL("**/files/study");
      // The address changes a moment before the page does.
      await page.getByRole("heading", { name: "study", exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.waitForURL("**/rok/buckets/lab");
    }));

  test("slash searches, Escape empties and leaves the search", () =>
    open("/rok/buckets", {}, async (page) => {
      await page.locator("a[data-row]").first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("LAB");
      await page.waitForFunction(() => document.querySelectorAll("a[data-row]").length === 1);
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.querySelectorAll("a[data-row]").length > 1);
      await page.keyboard.press("/");
      await page.keyboard.type("no such bucket");
      await page.getByText("No bucket has").waitFor();
    }));

  test("a question mark shows the keys, Escape closes them, g r goes to the runs", () =>
    open("/rok/buckets", {}, async (page) => {
      await page.locator("a[data-row]").first().waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await page.keyboard.press("g");
      await page.keyboard.press("r");
      await page.waitForURL("**/rok/runs");
    }));

  test("copy buttons copy the Rok URLs of the version and of each member", () =>
    open(work, {}, async (page) => {
      const copied = async (name) => {
        await page.getByRole("button", { name, exact: true }).click();
        return page.evaluate(() => navigator.clipboard.readText());
      };
      assert.equal(await copied("Copy Rok URL"), version.url);
      const member = await copied("Copy Rok URL of data");
      assert.match(member, new RegExp(`/lab/study_data\\?version=${version.version}$`));
      await page.getByText("Copied").first().waitFor();
      await page.evaluate(() => navigator.clipboard.writeText(""));
      await page.locator("body").click({ position: { x: 5, y: 5 } });
      await page.keyboard.press("c");
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), version.url);
    }));

  test("a version shows members in order, labels, message and sizes", () =>
    open(work, {}, async (page) => {
      await page.locator(".members .name").first().waitFor();
      const members = await page.locator(".members .name").allTextContents();
      assert.deepEqual(members.slice(0, 2), ["work", "data"]);
      for (const text of ["Before the upgrade of scikit-learn.", "ada", "workspace"])
        await page.getByText(text).first().waitFor();
      await page.getByText("Stored", { exact: true }).waitFor();
    }));

  test("a version says, when asked, what deleting it would free", () =>
    open(work, {}, async (page) => {
      await page.getByRole("button", { name: "What would it free?" }).click();
      await page
        .getByText(/It would free .* that nothing else needs; the next rok gc gives .* back\.|It would free nothing/)
        .waitFor();
      await page.getByText(`rok rm lab/study@${version.version}`).waitFor();
    }));

  test("folders lead down, breadcrumbs up, and odd names are shown as they are", () =>
    open(`${work}/browse/work`, {}, async (page) => {
      await page.getByText("<img src=x onerror=document.title='owned'>.txt").waitFor();
      await page.getByText("not-utf8-").first().click();
      await page.getByText("bytes").first().waitFor();
      await page.goBack();
      await page.getByRole("link", { name: "src", exact: true }).click();
      await page.getByRole("link", { name: "model.py" }).click();
      await page.waitForURL("**/view/work?path=src/model.py");
      await page
        .getByRole("navigation", { name: "Breadcrumb" })
        .getByRole("link", { name: "work", exact: true })
        .last()
        .click();
      await page.waitForURL("**/browse/work");
      await page.getByText("src/model.py").waitFor();
    }));

  test("text is coloured and numbered, a long log is cut and says so", async () => {
    await open(`${work}/view/work?path=src/model.py`, {}, async (page) => {
      await page.locator(".tok-keyword", { hasText: "class" }).waitFor();
      assert.match(await page.locator(".gutter").textContent(), /^1\n2\n3/);
    });
    await open(`${work}/view/data?path=train.log`, {}, async (page) => {
      await page.getByText("Download the file for the rest").waitFor();
    });
  });

  test("an image is drawn, a table has its rows, binary data is only offered for download", async () => {
    await open(`${work}/view/work?path=plot.png`, {}, async (page) => {
      await page.getByText("480 × 270").waitFor();
    });
    await open(`${work}/view/data?path=train.csv`, {}, async (page) => {
      await page.getByRole("columnheader", { name: "Survived" }).waitFor();
      await page.getByText("Braund, Mr. Owen 7", { exact: true }).waitFor();
      await page.getByRole("button", { name: /Show more/ }).click();
      await page.getByText("Braund, Mr. Owen 399").waitFor();
    });
    await open(`${work}/view/work?path=model.bin`, {}, async (page) => {
      await page.getByText("No preview for this kind of file").waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download" }).click(),
      ]);
      assert.equal(download.suggestedFilename(), "model.bin");
    });
  });

  test("a notebook is rendered with text, tables, images and errors; none of its scripts runs", () =>
    open(`${work}/view/work?path=analysis.ipynb`, {}, async (page) => {
      await page.getByRole("heading", { name: "Survival by class" }).waitFor();
      await page.getByText("epoch 2/2").waitFor();
      await page.frameLocator("iframe.htmloutput").getByRole("cell", { name: "0.927" }).waitFor();
      await page.waitForFunction(() => (document.querySelector("iframe.htmloutput")?.clientHeight ?? 0) > 70);
      const drawn = await page
        .locator(".out img")
        .first()
        .evaluate((image) => image.complete && image.naturalWidth);
      assert.equal(drawn, 320);
      await page.getByText("ZeroDivisionError").first().waitFor();
      assert.equal(await page.locator(".notebook img[onerror]").count(), 0);
    }));

  test("stored HTML is shown without its scripts", () =>
    open(`${work}/view/work?path=report.html`, {}, async (page) => {
      await page.frameLocator("iframe.htmlframe").getByRole("heading", { name: "Report" }).waitFor();
      await page.getByRole("button", { name: "Source" }).click();
      await page.getByText("All well.").first().waitFor();
    }));

  test("a run is a graph whose steps link to their versions, with a table, metrics and durations", () =>
    open(runPath, {}, async (page) => {
      const whole = await api(`/buckets/${e(run.bucket)}/runs/${e(run.file)}`);
      await page.locator(".node").first().waitFor();
      assert.equal(await page.locator(".node").count(), whole.steps.length);
      assert.equal(
        await page.locator("path.edge").count(),
        whole.steps.reduce((n, s) => n + s.depends_on.length, 0),
      );
      assert.equal(await page.locator(".gantt .row").count(), whole.steps.length);
      for (const metric of whole.metrics) await page.getByText(metric.name, { exact: true }).first().waitFor();
      const boxes = await page
        .locator(".node")
        .evaluateAll((nodes) => nodes.map((n) => n.getBoundingClientRect().toJSON()));
      for (const a of boxes) {
        for (const b of boxes) {
          const apart = a === b || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          assert.ok(apart, "two steps overlap");
        }
      }
      const name = whole.steps[1].name;
      await page
        .locator(".graph")
        .getByRole("link", { name: `Version before ${name}`, exact: true })
        .click();
      await page.getByRole("heading", { name: `Step: ${name} (start)` }).waitFor();
      await page.getByRole("link", { name: "Show its run" }).click();
      await page.waitForURL(`**${runPath.slice(4)}`);
      await page.getByRole("link", { name: "Final version" }).click();
      await page.waitForURL("**/versions/*");
    }));

  test("a step's version has its executed notebook and its log", () =>
    open(runPath, {}, async (page) => {
      await page
        .getByRole("table", { name: "Steps" })
        .getByRole("link", { name: /^Version after/ })
        .first()
        .click();
      await page.getByRole("link", { name: "Attachments" }).click();
      await page
        .getByRole("link", { name: /\.ipynb$/ })
        .first()
        .click();
      await page.locator(".codecell").first().waitFor();
    }));

  test("the theme can be chosen and is kept", () =>
    open("/rok/buckets", { theme: "light" }, async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const before = await ground();
      await page.getByRole("button", { name: /^Theme/ }).click();
      await page.getByRole("button", { name: /^Theme/ }).click();
      assert.notEqual(await ground(), before);
      await page.reload();
      assert.notEqual(await ground(), before);
    }));

  test("what is not there is said in words, with the way back", () =>
    open("/rok/buckets/none/files/none", {}, async (page) => {
      await page.getByRole("alert").first().waitFor();
      await page
        .getByText(/no bucket none/)
        .first()
        .waitFor();
    }));

  test("the first list is there within a second of a cold start of the page", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${base}/rok/buckets`);
    await page.locator("a[data-row]").first().waitFor();
    const milliseconds = await page.evaluate(() => Math.round(performance.now()));
    console.log(`first list after ${milliseconds} ms`);
    await context.close();
  });

  return all;
}
