import { expect, test } from "vitest";
import { ancestors, display, rawPath, to, versionOf } from "./links";

test("a path that is no UTF-8 passes through unchanged", () => {
  const link = to.view("b", "f", "v", "m", "a%FF/b%20c");
  expect(link).toBe("/buckets/b/files/f/versions/v/view/m?path=a%FF/b%20c");
  expect(rawPath(link.slice(link.indexOf("?")))).toBe("a%FF/b%20c");
  expect(display("a%FF/b%20c")).toBe("a\ufffd/b c");
  expect(display("%C3%A9t%C3%A9")).toBe("été");
});

test("names with slashes, questions and percents stay one segment", () => {
  expect(to.file("50% off?", "a&b#c")).toBe("/buckets/50%25%20off%3F/files/a%26b%23c");
  expect(to.folder("b", "f", "v", null, "")).toBe("/buckets/b/files/f/versions/v/attachments");
});

test("the folders above a path", () => {
  expect(ancestors("a/b%20c/d.txt")).toEqual([
    { name: "a", path: "a" },
    { name: "b c", path: "a/b%20c" },
    { name: "d.txt", path: "a/b%20c/d.txt" },
  ]);
  expect(ancestors("")).toEqual([]);
});

test("the version in a Rok URL", () => {
  expect(versionOf("/rok/swift/v1/local/b/f?version=01935a00-0013")).toBe("01935a00-0013");
  expect(versionOf("nothing")).toBe("");
});
