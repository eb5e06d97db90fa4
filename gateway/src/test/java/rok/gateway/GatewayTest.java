package rok.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.snapshot.ByteString;

/** The gateway over a real store, asked through a real socket. */
class GatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 20_261_124;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static SmallStore store;
    private static Gateway gateway;
    private static Version version;
    private static byte[] large;

    @BeforeAll
    static void start() throws IOException {
        store = new SmallStore(folder);
        large = new byte[1_500_000];
        new Random(SEED).nextBytes(large);
        large[0] = 0;
        version = store.add(
                "mine",
                "notes",
                "first",
                Map.of("k", "v"),
                Map.of("environment", "{}"),
                Map.of(
                        "workspace",
                        SmallStore.folder(
                                "a.txt",
                                "hello\n",
                                "page.html",
                                "<html><script>alert(1)</script></html>",
                                "plot.svg",
                                "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
                                "plot.png",
                                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0},
                                "fake.png",
                                "<script>alert(1)</script>",
                                "book.ipynb",
                                "{\"cells\": []}",
                                "table.csv",
                                "a,b\n1,2\n",
                                "latin.txt",
                                "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1),
                                "empty",
                                "",
                                "large.bin",
                                large,
                                "<img src=x onerror=alert(1)>.txt",
                                "html in a name",
                                "line\r\nbreak: x.txt",
                                "control characters in a name",
                                ByteString.of(new byte[] {'n', (byte) 0xff, (byte) 0xfe}),
                                "bytes that are no text",
                                "link",
                                new SmallStore.Link("../../etc/passwd"),
                                "sub",
                                SmallStore.folder("b.txt", "below"))),
                Optional.of(SmallStore.folder("log.txt", "what happened\n")));
        Files.createDirectories(folder.resolve("page/assets"));
        Files.writeString(folder.resolve("page/index.html"), "<!doctype html><title>Rok</title>");
        Files.writeString(folder.resolve("page/assets/app-1.js"), "// code\n".repeat(1000));
        Files.writeString(folder.resolve("page/frame.html"), "<!doctype html>");
        Files.writeString(folder.resolve("page/frame.js"), "// frame");
        gateway = Gateway.start(store.library(), 0, Optional.of(folder.resolve("page")));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        store.close();
    }

    @Test
    void bucketsFilesAndVersionsAreListed() throws Exception {
        var bucket = items("/api/v1/buckets?q=min").get(0);
        assertThat(bucket.path("name").asText()).isEqualTo("mine");
        assertThat(bucket.path("files").asInt()).isEqualTo(1);
        assertThat(bucket.path("updated").asText()).endsWith("Z");
        var file = items("/api/v1/buckets/mine/files").get(0);
        assertThat(file.path("name").asText()).isEqualTo("notes");
        assertThat(file.path("run").asBoolean()).isFalse();
        var listed = items("/api/v1/buckets/mine/files/notes/versions").get(0);
        assertThat(listed.path("state").asText()).isEqualTo("committed");
        assertThat(listed.path("url").asText()).isEqualTo(version.url().toString());
        assertThat(listed.path("size").path("new").asLong()).isEqualTo(100);
        assertThat(json("/api/v1/health").path("status").asText()).isEqualTo("ok");
        assertThat(items("/api/v1/tasks")).isEmpty();
    }

    @Test
    void oneVersionIsTheDocumentOfShow() throws Exception {
        var document = json(versionPath());
        assertThat(document.path("url").asText()).isEqualTo(version.url().toString());
        assertThat(document.path("account").asText()).isEqualTo("local");
        assertThat(document.path("members").get(0).path("name").asText()).isEqualTo("workspace");
        assertThat(document.path("members").get(0).path("url").asText()).contains("notes_workspace?version=");
        assertThat(document.path("labels").path("k").asText()).isEqualTo("v");
        assertThat(document.path("attachments").asBoolean()).isTrue();
    }

    @Test
    void aListComesInPagesWithoutGapsOrRepeats() throws Exception {
        for (var i = 0; i < 7; i++) {
            store.add("paged", "file-" + i, "", SmallStore.folder("a", "a"));
        }
        var names = new java.util.ArrayList<String>();
        var next = "";
        do {
            var page = json("/api/v1/buckets/paged/files?limit=3&cursor=" + next);
            page.path("items").forEach(item -> names.add(item.path("name").asText()));
            next = page.path("next").asText("");
        } while (!next.isEmpty());
        assertThat(names).containsExactly("file-0", "file-1", "file-2", "file-3", "file-4", "file-5", "file-6");
        assertThat(items("/api/v1/buckets/paged/files?q=LE-4")).hasSize(1);
    }

    @Test
    void aFolderComesInPagesInTheOrderOfItsBytes() throws Exception {
        var names = new java.util.ArrayList<String>();
        var next = "";
        do {
            var page = json(workspace("tree?limit=4&cursor=" + next));
            page.path("items").forEach(item -> names.add(item.path("name").asText()));
            next = page.path("next").asText("");
        } while (!next.isEmpty());
        assertThat(names).hasSize(15).contains("a.txt", "sub", "line\r\nbreak: x.txt", "n\ufffd\ufffd");
        var link = entry("link");
        assertThat(link.path("type").asText()).isEqualTo("link");
        assertThat(link.path("target").asText()).isEqualTo("../../etc/passwd");
        assertThat(entry("a.txt").path("modified").asText()).isEqualTo(SmallStore.MODIFIED.toString());
        assertThat(json(workspace("tree?path=sub"))
                        .path("items")
                        .get(0)
                        .path("address")
                        .asText())
                .isEqualTo("sub/b.txt");
    }

    @Test
    void whatAFolderListsCanBeReadByItsAddress() throws Exception {
        for (var item : items(workspace("tree"))) {
            if (item.path("type").asText().equals("file")) {
                var answer =
                        bytes(workspace("content?path=" + item.path("address").asText()));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).hasSize(item.path("size").asInt());
            }
        }
        assertThat(bytes(workspace("content?path=sub/b.txt")).body()).asString().isEqualTo("below");
        assertThat(bytes(workspace("content?path=n%FF%FE")).body()).asString().isEqualTo("bytes that are no text");
    }

    @Test
    void attachmentsAreReadAsMembersAre() throws Exception {
        assertThat(items(versionPath() + "/attachments/tree")
                        .get(0)
                        .path("name")
                        .asText())
                .isEqualTo("log.txt");
        var log = bytes(versionPath() + "/attachments/content?path=log.txt");
        assertThat(new String(log.body(), StandardCharsets.UTF_8)).isEqualTo("what happened\n");
    }

    @Test
    void whatDeletingAVersionWouldFreeIsSaid() throws Exception {
        var freed = json(versionPath() + "/freed");
        assertThat(freed.path("known").asBoolean()).isTrue();
        assertThat(freed.path("chunks").asLong()).isPositive();
        assertThat(freed.path("bytes").asLong()).isPositive();
        assertThat(freed.path("collected").asLong()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void everyRangeOfAFileIsThatRangeOfItsBytes() throws Exception {
        var random = new Random(SEED);
        var path = workspace("content?path=large.bin");
        for (var i = 0; i < 25; i++) {
            var first = random.nextInt(large.length);
            var last = first + random.nextInt(large.length - first);
            var answer = bytes(path, "Range", "bytes=%d-%d".formatted(first, last));
            assertThat(answer.statusCode())
                    .as("seed %d, range %d-%d", SEED, first, last)
                    .isEqualTo(206);
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(large, first, last + 1));
            assertThat(answer.headers().firstValue("Content-Range"))
                    .hasValue("bytes %d-%d/%d".formatted(first, last, large.length));
        }
        assertThat(bytes(path, "Range", "bytes=-5").body())
                .isEqualTo(Arrays.copyOfRange(large, large.length - 5, large.length));
        assertThat(bytes(path, "Range", "bytes=1499990-").body()).hasSize(10);
        assertThat(bytes(path).body()).isEqualTo(large);
    }

    @Test
    void oddRangesAreRefusedOrAnsweredWithAll() throws Exception {
        var path = workspace("content?path=a.txt");
        var beyond = bytes(path, "Range", "bytes=6-");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(beyond.headers().firstValue("Content-Range")).hasValue("bytes */6");
        for (var odd : List.of(
                "bytes=0-1,3-4", "bytes=x-y", "bytes=-", "lines=0-1", "bytes=4-2", "bytes=99999999999999999999-")) {
            var answer = bytes(path, "Range", odd);
            assertThat(answer.statusCode()).as(odd).isEqualTo(200);
            assertThat(answer.body()).hasSize(6);
        }
        assertThat(bytes(workspace("content?path=empty"), "Range", "bytes=0-9").statusCode())
                .isEqualTo(416);
        assertThat(bytes(path, "Range", "bytes=0-1", "If-Range", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatDidNotChangeIsNotSentAgain() throws Exception {
        for (var path :
                List.of(workspace("content?path=a.txt"), versionPath(), "/api/v1/buckets", "/rok/assets/app-1.js")) {
            var tag = bytes(path).headers().firstValue("ETag");
            assertThat(tag).as(path).isPresent();
            assertThat(bytes(path, "If-None-Match", tag.get()).statusCode())
                    .as(path)
                    .isEqualTo(304);
        }
    }

    @Test
    void bytesAreWhatTheyAreFoundToBeNotWhatTheirNameSays() throws Exception {
        assertThat(kind("a.txt")).isEqualTo("text text/plain;charset=utf-8");
        assertThat(kind("page.html")).isEqualTo("html text/html;charset=utf-8");
        assertThat(kind("plot.svg")).isEqualTo("image image/svg+xml");
        assertThat(kind("plot.png")).isEqualTo("image image/png");
        assertThat(kind("fake.png")).isEqualTo("text text/plain;charset=utf-8");
        assertThat(kind("book.ipynb")).isEqualTo("notebook application/json;charset=utf-8");
        assertThat(kind("table.csv")).isEqualTo("csv text/plain;charset=utf-8");
        assertThat(kind("latin.txt")).isEqualTo("text text/plain; charset=windows-1252");
        assertThat(kind("large.bin")).isEqualTo("binary application/octet-stream");
    }

    @Test
    void storedBytesAreSandboxedAndTheirNamesCannotEndAHeader() throws Exception {
        for (var name : List.of(
                "page.html",
                "plot.svg",
                "large.bin",
                "line%0D%0Abreak%3A%20x.txt",
                "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E.txt")) {
            var headers = bytes(workspace("content?path=" + name)).headers();
            assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("sandbox; default-src 'none'");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Cross-Origin-Resource-Policy")).hasValue("same-origin");
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(headers.firstValue("Content-Disposition").orElse(""))
                    .matches("(inline|attachment); filename=\"[A-Za-z0-9._ -]+\"; filename\\*=UTF-8''[A-Za-z0-9._%-]+");
        }
        assertThat(bytes(workspace("content?path=a.txt&download=1"))
                        .headers()
                        .firstValue("Content-Disposition")
                        .orElse(""))
                .startsWith("attachment;");
    }

    @Test
    void nothingOutsideOfTheStoreCanBeNamed() throws Exception {
        for (var path : List.of(
                "..",
                "../..",
                "..%2F..%2Fetc%2Fpasswd",
                "/etc/passwd",
                "sub/../../a",
                "%2e%2e/a.txt",
                "a.txt/..",
                "sub%00")) {
            for (var what : List.of("tree", "content")) {
                var answer = bytes(workspace(what + "?path=" + path));
                assertThat(answer.statusCode()).as(what + " " + path).isIn(400, 404);
                assertProblem(answer);
            }
        }
        for (var element : List.of(
                "..",
                "%2e%2e",
                "..%2f..",
                "a%2fb",
                "%00",
                "a%0d%0aX-Evil: 1".replace(" ", "%20"),
                "%ff",
                "x;y=..",
                "\u202ea".replace("\u202e", "%E2%80%AE"))) {
            for (var path : List.of(
                    "/api/v1/buckets/" + element,
                    "/api/v1/buckets/" + element + "/files",
                    "/api/v1/buckets/mine/files/" + element,
                    "/api/v1/buckets/mine/files/" + element + "/versions",
                    "/api/v1/buckets/mine/files/notes/versions/" + element,
                    versionPath() + "/members/" + element + "/tree",
                    "/api/v1/buckets/mine/runs/" + element)) {
                var answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertThat(answer).as(path).matches("(?s)HTTP/1.1 (400|404) .*");
                assertThat(answer).as(path).doesNotContain("\r\nX-Evil");
            }
        }
    }

    @Test
    void whatIsWrongIsSaidInWords() throws Exception {
        assertThat(problem("/api/v1/buckets/none")).isEqualTo("404 not-found There is no bucket none");
        assertThat(problem("/api/v1/buckets/mine/files/none"))
                .contains("404 not-found")
                .contains("none");
        assertThat(problem("/api/v1/buckets/mine/files/notes/versions/no-uuid")).startsWith("400 usage");
        assertThat(problem("/api/v1/buckets/mine/files/notes/versions/01935a00-0013-7abc-8def-1a2b3c4fa9bd"))
                .startsWith("404 not-found");
        assertThat(problem(workspace("tree?path=none"))).isEqualTo("404 not-found There is no none in workspace");
        assertThat(problem(workspace("tree?path=a.txt"))).isEqualTo("400 usage a.txt is no folder");
        assertThat(problem(workspace("content?path=sub"))).startsWith("400 usage sub is no file");
        assertThat(problem(versionPath() + "/members/none/tree")).contains("has no member none");
        assertThat(problem("/api/v1/buckets?limit=0")).isEqualTo("400 usage limit is a number from 1 to 1000");
        assertThat(problem("/api/v1/buckets?cursor=%21")).startsWith("400 usage The cursor");
        assertThat(problem("/api/v1/nothing")).isEqualTo("404 not-found There is nothing at /api/v1/nothing");
        assertThat(raw("GET " + workspace("content?path=%zz")
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("two hexadecimal digits");
        assertThat(problem("/api/v1/buckets/mine/runs/notes")).contains("is no run");
    }

    @Test
    void onlyThisMachineAndThePageItselfMayAsk() throws Exception {
        var port = gateway.port();
        for (var host : List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, "localhost")) {
            assertThat(status(host, "")).as(host).isEqualTo(200);
        }
        for (var host : List.of(
                "evil.example",
                "evil.example:" + port,
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "0.0.0.0",
                "[::2]",
                "")) {
            assertThat(status(host, "")).as(host).isIn(400, 403);
        }
        assertThat(status("localhost:" + port, "Origin: http://localhost:" + port + "\r\n"))
                .isEqualTo(200);
        for (var origin : List.of(
                "http://evil.example",
                "null",
                "https://localhost:" + port,
                "http://localhost:1",
                "http://127.0.0.1:" + port)) {
            assertThat(status("localhost:" + port, "Origin: " + origin + "\r\n"))
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(status("localhost:" + port, "Sec-Fetch-Site: cross-site\r\n"))
                .isEqualTo(403);
        assertThat(raw("GET /api/v1/buckets HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        for (var method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")) {
            var answer =
                    raw(method + " " + versionPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(method).matches("(?s)HTTP/1.1 (403|404|405) .*");
        }
        assertThat(json(versionPath()).path("title").asText()).isEqualTo("first");
    }

    @Test
    void thePageIsServedForEveryAddressOfIts() throws Exception {
        var index = bytes("/rok/buckets/mine/files/notes");
        assertThat(new String(index.body(), StandardCharsets.UTF_8)).contains("<title>Rok</title>");
        assertThat(index.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("script-src 'self'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(index.headers().firstValue("Cache-Control")).hasValue("no-cache");
        var asset = bytes("/rok/assets/app-1.js", "Accept-Encoding", "gzip");
        assertThat(asset.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(asset.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
        assertThat(bytes("/rok/assets/none.js").statusCode()).isEqualTo(404);
        assertThat(bytes("/rok/frame.html")
                        .headers()
                        .firstValue("Content-Security-Policy")
                        .orElse(""))
                .startsWith("sandbox allow-scripts;");
        assertThat(raw("GET /rok/frame.js HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("GET /rok/frame.html HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(bytes("/").headers().firstValue("Location").orElse("")).endsWith("/rok/buckets");
        assertThat(bytes("/_/rok/buckets/a%20b")
                        .headers()
                        .firstValue("Location")
                        .orElse(""))
                .endsWith("/rok/buckets/a%20b");
        assertThat(bytes("/rok/..%2f..%2fetc/passwd").statusCode()).isEqualTo(400);
        assertThat(bytes("/elsewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void aDamagedRecordIsNamedAndTheRestIsListed(@TempDir Path other) throws Exception {
        try (var small = new SmallStore(other)) {
            small.add("b", "good", "", SmallStore.folder("a", "a"));
            var bad = small.add("b", "bad", "", SmallStore.folder("a", "a"));
            try (var all = Files.walk(other)) {
                for (var record :
                        all.filter(p -> p.endsWith(bad.url().version().value())).toList()) {
                    var content = Files.readAllBytes(record);
                    content[content.length / 2] ^= 1;
                    record.toFile().setWritable(true);
                    Files.write(record, content);
                }
            }
            deleteFolder(other.resolve("cache/catalog"));
            try (var damaged = Gateway.start(small.library(), 0, Optional.empty())) {
                var page = json(damaged, "/api/v1/buckets/b/files");
                assertThat(page.path("items")).hasSize(1);
                assertThat(page.path("items").get(0).path("name").asText()).isEqualTo("good");
                assertThat(page.path("warnings").get(0).asText())
                        .contains(bad.url().version().value());
                assertThat(bytes(
                                        damaged,
                                        "/api/v1/buckets/b/files/bad/versions/"
                                                + bad.url().version())
                                .statusCode())
                        .isEqualTo(500);
                assertThat(bytes(damaged, "/rok/buckets").statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void aDamagedPackIsNamedAndOtherFilesAreRead(@TempDir Path other) throws Exception {
        try (var small = new SmallStore(other)) {
            var lost = new byte[200_000];
            new Random(SEED).nextBytes(lost);
            small.add("b", "lost", "", SmallStore.folder("lost.bin", lost));
            var packs = packs(other);
            small.add("b", "good", "", SmallStore.folder("good.txt", "good"));
            for (var pack : packs) {
                var content = Files.readAllBytes(pack);
                for (var at = 100; at < Math.min(content.length, 150_000); at += 997) {
                    content[at] ^= 1;
                }
                pack.toFile().setWritable(true);
                Files.write(pack, content);
            }
            try (var damaged = Gateway.start(small.library(), 0, Optional.empty())) {
                var url = items(damaged, "/api/v1/buckets/b/files/lost/versions")
                        .get(0)
                        .path("version")
                        .asText();
                var answer = bytes(
                        damaged,
                        "/api/v1/buckets/b/files/lost/versions/" + url + "/members/workspace/content?path=lost.bin");
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("damaged");
                var good = items(damaged, "/api/v1/buckets/b/files/good/versions")
                        .get(0)
                        .path("version")
                        .asText();
                assertThat(bytes(
                                        damaged,
                                        "/api/v1/buckets/b/files/good/versions/" + good
                                                + "/members/workspace/content?path=good.txt")
                                .body())
                        .asString()
                        .isEqualTo("good");
            }
        }
    }

    @Test
    void whatIsBeingWrittenIsATask() throws Exception {
        try (var pending = store.begin("tasks", "slow", "Takes a while")) {
            var task = tasksOnce(1).get(0);
            assertThat(task.path("file").asText()).isEqualTo("slow");
            assertThat(task.path("title").asText()).isEqualTo("Takes a while");
            assertThat(task.path("version").asText())
                    .isEqualTo(pending.url().version().value());
        }
        assertThat(tasksOnce(0)).isEmpty();
    }

    /** The tasks once there are so many: what the gateway saw a moment ago may be a moment old. */
    private static JsonNode tasksOnce(int count) throws Exception {
        var tasks = items("/api/v1/tasks");
        for (var i = 0; i < 200 && tasks.size() != count; i++) {
            Thread.sleep(50);
            tasks = items("/api/v1/tasks");
        }
        return tasks;
    }

    @Test
    void aTakenPortIsSaidToBe() {
        assertThatThrownBy(() -> Gateway.start(store.library(), gateway.port(), Optional.empty()))
                .isInstanceOf(PortTaken.class)
                .hasMessageContaining(Integer.toString(gateway.port()));
    }

    private static JsonNode entry(String name) throws Exception {
        for (var item : items(workspace("tree"))) {
            if (item.path("name").asText().equals(name)) {
                return item;
            }
        }
        throw new AssertionError("No entry " + name);
    }

    private static String kind(String name) throws Exception {
        var headers = bytes(workspace("content?path=" + name)).headers();
        return headers.firstValue("X-Rok-Kind").orElse("") + " "
                + headers.firstValue("Content-Type").orElse("");
    }

    private static String problem(String path) throws Exception {
        var answer = bytes(path);
        assertProblem(answer);
        var problem = JSON.readTree(answer.body());
        return "%d %s %s"
                .formatted(
                        answer.statusCode(),
                        problem.path("code").asText(),
                        problem.path("detail").asText());
    }

    private static void assertProblem(HttpResponse<byte[]> answer) throws IOException {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(JSON.readTree(answer.body()).path("detail").asText())
                .isNotEmpty()
                .doesNotContain("Exception");
    }

    private static String versionPath() {
        return "/api/v1/buckets/mine/files/notes/versions/" + version.url().version();
    }

    private static String workspace(String rest) {
        return versionPath() + "/members/workspace/" + rest;
    }

    private static JsonNode items(String path) throws Exception {
        return json(path).path("items");
    }

    private static JsonNode items(Gateway at, String path) throws Exception {
        return json(at, path).path("items");
    }

    private static JsonNode json(String path) throws Exception {
        return json(gateway, path);
    }

    private static JsonNode json(Gateway at, String path) throws Exception {
        var answer = bytes(at, path);
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<byte[]> bytes(String path, String... headers) throws Exception {
        return bytes(gateway, path, headers);
    }

    private static HttpResponse<byte[]> bytes(Gateway at, String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(at.port(), path)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static int status(String host, String headers) throws IOException {
        var answer =
                raw("GET /api/v1/health HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n".formatted(host, headers));
        return Integer.parseInt(answer.substring(9, 12));
    }

    /** What no client library would send. */
    private static String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static List<Path> packs(Path store) throws IOException {
        try (var all = Files.walk(store.resolve("store/packs"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
