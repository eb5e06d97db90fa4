/**
 * Proves on a real store what docs/format/invariants.md says, puts right what can be put right, and tells what a store holds
 * and what refers to what; beside writers and collectors (docs/protocol.md#check-and-repair).
 *
 * <p>To read it: {@link Check} is one {@code Round}, in this order. {@code Inventory} opens the index and lists the packs,
 * with {@code PackList}, and {@code LateSegments} for what is listed later; {@code Footers} compares packs with it, and
 * {@code Doubts} settles, with {@code RecordProof}, what no footer confirmed. {@code VersionsCheck} goes through the
 * catalogue ({@code WithBuckets}) and sends a {@code TreeWalk} through each version, which remembers in {@code Walked} where
 * it was; a {@code DamageSeeker} tells it what is hit. {@code DataCheck} reads packs, and {@code Verified} remembers which.
 * All of them tell {@code Damage}, which makes of it {@link Finding}s, each with its {@link Hurt}s.
 *
 * <p>{@link Repair} begins with such a round. {@code Relisting} lists anew what packs hold, {@code Salvage} gets good chunks
 * out of bad packs, {@link ChunkSource}s give back lost ones through {@code LostChunks}, {@code Quarantine} takes the rest.
 *
 * <p>{@link Statistics} and {@link Whereabouts} look at the same inventory, and believe it.
 */
@NullMarked
package rok.check;

import org.jspecify.annotations.NullMarked;
