package rok.cli;

import java.util.List;
import picocli.CommandLine.Command;
import rok.api.BucketItem;
import rok.api.Items;

/** {@code rok buckets}. */
@Command(description = "List the buckets: one for each experiment, and those that you named.", sortOptions = false)
final class BucketsCommand implements rok.cli.Command {
    @Override
    public int run(Session session) {
        var catalog = session.catalog();
        var buckets = catalog.buckets();
        var output = session.output();
        if (output.json()) {
            output.document(Items.of(buckets.stream()
                    .map(bucket -> BucketItem.of(catalog.account(), bucket))
                    .toList()));
            return 0;
        }
        if (buckets.isEmpty()) {
            output.note("There are no buckets yet: rok snapshot FOLDER --to BUCKET/FILE makes the first");
            return 0;
        }
        output.table(
                List.of("BUCKET", "CREATED", "DESCRIPTION"),
                buckets.stream()
                        .map(bucket ->
                                List.of(bucket.name().value(), Sizes.time(bucket.created()), bucket.description()))
                        .toList());
        return 0;
    }
}
