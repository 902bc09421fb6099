package io.streamkeeper.storage.tier;

/**
 * What the tier of a process has and is to do.
 *
 * @param objects extent files that have an object
 * @param objectBytes their bytes
 * @param localBytes the bytes of those whose local file is kept too
 * @param waiting extent files that are to be copied
 * @param waitingBytes their bytes
 * @param unneeded objects that are to be deleted, now or after the time for which they are kept
 * @param failingMillis for how long the object store has answered nothing; 0 if its last call has succeeded
 * @param snapshotSeconds how long ago everything was in the newest snapshot; -1 if there is none
 */
public record TierUsage(
        long objects,
        long objectBytes,
        long localBytes,
        long waiting,
        long waitingBytes,
        long unneeded,
        long failingMillis,
        long snapshotSeconds) {
    static final TierUsage NONE = new TierUsage(0, 0, 0, 0, 0, 0, 0, -1);
}
