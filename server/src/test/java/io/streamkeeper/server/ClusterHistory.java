package io.streamkeeper.server;

import java.util.HashMap;
import java.util.Map;

/**
 * What clients of a cluster have learned: of each stream the greatest offset that an acknowledgement or a read has had.
 * Offsets of a stream are ordered as text. Safe for use by any thread.
 */
final class ClusterHistory {
    private final String[] tails;
    private final Map<String, Long> acknowledged = new HashMap<>();
    private long acknowledgements;
    private long reads;

    ClusterHistory(int streams) {
        tails = new String[streams];
        java.util.Arrays.fill(tails, "");
    }

    /** A read that begins now and is up to date ends here or later. */
    synchronized String tail(int stream) {
        return tails[stream];
    }

    synchronized void acknowledged(int writer, int stream, String nextOffset) {
        acknowledgements++;
        acknowledged.merge(writer + ":" + stream, 1L, Long::sum);
        seen(stream, nextOffset);
    }

    synchronized void read(int stream, String nextOffset) {
        reads++;
        seen(stream, nextOffset);
    }

    private void seen(int stream, String nextOffset) {
        if (nextOffset.compareTo(tails[stream]) > 0) {
            tails[stream] = nextOffset;
        }
    }

    synchronized long acknowledgements() {
        return acknowledgements;
    }

    /** How many appends of a writer to a stream are acknowledged. */
    synchronized long acknowledged(int writer, int stream) {
        return acknowledged.getOrDefault(writer + ":" + stream, 0L);
    }

    @Override
    public synchronized String toString() {
        return acknowledgements + " appends acknowledged, " + reads + " reads";
    }
}
