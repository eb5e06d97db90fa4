package rok.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What a new version is to say of itself. */
final class VersionTexts {
    @Option(names = "--title", description = "One line.")
    String title = "";

    @Option(names = "--message", description = "More lines.")
    String message = "";

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "To find it by; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();
}
