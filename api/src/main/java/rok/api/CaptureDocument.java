package rok.api;

import rok.catalog.Version;

/**
 * How a disk was caught: bytes, and milliseconds for which its writers stood still.
 *
 * @param reason why all of it was read; empty where only what changed was
 */
public record CaptureDocument(double pauseMs, long changed, long read, boolean fullRead, String reason) {
    static CaptureDocument of(Version.Capture capture) {
        return new CaptureDocument(
                capture.pause().toNanos() / 1e6,
                capture.changedBytes(),
                capture.readBytes(),
                !capture.fullRead().isEmpty(),
                capture.fullRead());
    }
}
