package io.streamkeeper.storage.tier;

import java.util.concurrent.TimeUnit;

/**
 * What is copied to the object store, and what is kept on this machine.
 *
 * @param location where the objects are, as the configuration names it
 * @param objectBytesMin smaller extent files are not copied
 * @param afterMillis how long an extent file exists, or is open since the start, before it is copied
 * @param localBytesMax the most bytes of local extent files that have a copy in the object store, of all shards
 * @param freeBytesMin local files that have a copy are removed if the disk has less room than this
 * @param graceMillis how long an object that is not needed any more is kept
 * @param windowBytes the bytes that are read from an object at once
 * @param cacheBytesMax the most bytes of objects that are kept in memory
 * @param waitMillis how long a read waits for a place in that memory
 * @param bytesPerSecondMax the most bytes that are sent, and that are received, in a second; 0 for no limit
 */
public record TierConfig(
        String location,
        long objectBytesMin,
        long afterMillis,
        long localBytesMax,
        long freeBytesMin,
        long graceMillis,
        int windowBytes,
        long cacheBytesMax,
        long waitMillis,
        long bytesPerSecondMax) {
    long afterNanos() {
        return TimeUnit.MILLISECONDS.toNanos(afterMillis);
    }
}
