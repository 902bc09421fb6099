package io.streamkeeper.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.shard.ShardCopy;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The state of each shard after each record, which is the same on all machines (I13). */
final class States {
    private final Map<Integer, Map<Long, Map<Long, StreamMeta>>> known = new HashMap<>();

    /** Everything about the streams of a shard but their bytes, with all that is staged. */
    static Map<Long, StreamMeta> of(ShardStore store) {
        Map<Long, StreamMeta> all = new TreeMap<>();
        store.forEachStream(stream -> {
            if (!stream.isDropped()) {
                all.put(stream.generation(), ShardCopy.stateOf(stream));
            }
        });
        return all;
    }

    /** A machine has applied the committed record {@code lsn}. */
    void check(int shard, long lsn, Map<Long, StreamMeta> state, Object machine) {
        Map<Long, StreamMeta> first =
                known.computeIfAbsent(shard, number -> new HashMap<>()).putIfAbsent(lsn, state);
        if (first != null) {
            assertThat(state)
                    .as("shard %d of %s after record %d", shard, machine, lsn)
                    .isEqualTo(first);
        }
    }
}
