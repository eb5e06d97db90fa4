package rok.simulation;

/**
 * A rule of the protocol that is broken on purpose: the simulation must notice each. What chance hardly ever meets is in
 * {@link GcScenarioTest}.
 */
enum Mutation {
    NONE,
    /** A record is replaced whoever changed it meanwhile. */
    SKIP_THE_FENCE,
    /** Writers do not look at what was condemned. */
    REUSE_CONDEMNED,
    /** Writers that began before an epoch are not waited for. */
    DO_NOT_WAIT,
    /** Versions that were committed after the first mark are not marked. */
    NO_RESCUE,
    /** A version is committed before the index lists its chunks. */
    COMMIT_BEFORE_INDEX,
    /** A version is committed before its packs are there. */
    COMMIT_BEFORE_PACKS,
    /** Readers keep nothing. */
    NO_PINS
}
