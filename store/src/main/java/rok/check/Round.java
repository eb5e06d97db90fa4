package rok.check;

import java.util.List;
import rok.chunk.ChunkId;
import rok.repository.Anatomy;
import rok.repository.EpochDocuments;

/** One look at the whole repository, and what it found. */
final class Round {
    private final Anatomy anatomy;
    private final CheckOptions options;
    private final Damage damage = new Damage();
    private final Inventory inventory;
    private final Footers footers;
    private VersionsCheck versions;
    private boolean allPacks;
    private boolean allVersions;
    private boolean allData;
    private final DataCheck data;
    private List<EpochDocuments.Problem> epochs = List.of();

    Round(Anatomy anatomy, CheckOptions options) {
        this.anatomy = anatomy;
        this.options = options;
        this.inventory = Inventory.load(anatomy, damage, false);
        this.footers = new Footers(anatomy, inventory, damage, options.watch());
        this.versions = newVersions();
        this.data = new DataCheck(anatomy, inventory, damage, options.clock(), options.watch());
    }

    private VersionsCheck newVersions() {
        return new VersionsCheck(anatomy, inventory, damage, options.actor(), options.watch());
    }

    /** Index, packs, and what versions reach. Without all packs nothing could be said of versions. */
    Round structure() {
        epochs = anatomy.epochs()
                .problems(
                        inventory.generation(),
                        key -> damage.note(key.value(), "is nothing of garbage collection's, and left alone"));
        for (var epoch : epochs) {
            damage.add(Finding.Kind.EPOCH, epoch.key().value(), epoch.problem());
        }
        allPacks = footers.run(options.threads(), options.box());
        if (allPacks) {
            new Doubts(anatomy, inventory, damage).run();
            allVersions = versions.run(options.threads(), options.box());
        }
        return this;
    }

    /** The chunks themselves; where some are damaged, then whom that hurts, whatever the time. */
    Round data() {
        var before = damage.damagedRecords().size() + damage.damagedPacks().size();
        allData = allPacks && data.run(options.readPercent(), options.threads(), options.box(), this::isNeeded);
        if (damage.damagedRecords().size() + damage.damagedPacks().size() > before) {
            damage.forgetLost();
            versions = newVersions();
            allVersions = versions.run(options.threads(), TimeBox.unbounded());
        }
        return this;
    }

    private boolean isNeeded(ChunkId id) {
        var number = inventory.number(id);
        return number >= 0 && versions.walked().needed().get(number);
    }

    Damage damage() {
        return damage;
    }

    Inventory inventory() {
        return inventory;
    }

    VersionsCheck versions() {
        return versions;
    }

    boolean isComplete() {
        return allPacks && allVersions && allData;
    }

    /** Documents of garbage collection that are not as they should be. */
    List<EpochDocuments.Problem> epochs() {
        return epochs;
    }

    CheckReport report() {
        var reach = new CheckReport.Reach(
                inventory.segments().size(),
                footers.done(),
                inventory.packs().count(),
                inventory.entries(),
                versions.walked().needed().cardinality(),
                versions.committed(),
                allVersions,
                data.packs(),
                data.bytes(),
                inventory.packs().totalBytes(),
                data.unverifiedBytes());
        List<Finding> findings = damage.findings(inventory);
        return new CheckReport(
                findings, damage.findingsMore(), damage.notes(), damage.notesMore(), reach, isComplete());
    }
}
