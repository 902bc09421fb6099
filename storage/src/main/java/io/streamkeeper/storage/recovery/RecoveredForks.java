package io.streamkeeper.storage.recovery;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connects the forks of a server with their sources in all shards, after all shards are recovered. The number of forks
 * of a stream, and the data that a fork inherits, are derived from the streams, not read from a file. Used by one
 * thread, before the shards' loops begin; then each shard is settled, see {@link ShardStore#settle}.
 *
 * <p>A fork has a higher generation than its source. So in ascending order of generations, the lineage of a source is
 * set before that of its forks, and one pass is enough for forks of any depth. A second pass in descending order
 * removes deleted forks that nothing needs from the counts of their sources. So {@link ShardStore#settle} releases a
 * whole chain whose end is deleted, even if a crash has interrupted its release.
 */
public final class RecoveredForks {
    /** Positions that are lost. */
    private record Loss(long from, long to, String text) {
        boolean concerns(LogRecord.Fork fork) {
            return Math.max(from, fork.earliest()) < Math.min(to, fork.position());
        }
    }

    private final List<ShardStore> shards;
    private final Map<Long, Loss> lossesBefore = new HashMap<>();
    private final List<String> losses = new ArrayList<>();

    private RecoveredForks(List<ShardStore> shards) {
        this.shards = shards;
    }

    /**
     * Connects the forks of all shards.
     *
     * @param shards all shards of the server, in order
     * @return a description of the loss of each fork that cannot be read completely
     */
    public static List<String> connect(List<ShardStore> shards) {
        RecoveredForks forks = new RecoveredForks(shards);
        List<StreamState> all = new ArrayList<>();
        for (ShardStore shard : shards) {
            for (StreamState stream : shard.start().found()) {
                if (stream.fork() != null) {
                    all.add(stream);
                }
            }
        }
        all.sort(Comparator.comparingLong(StreamState::generation));
        for (StreamState fork : all) {
            forks.connect(fork);
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            forks.uncountIfUnneeded(all.get(i));
        }
        return forks.losses;
    }

    private ShardStore owner(StreamPath path) {
        return shards.size() == 1 ? shards.get(0) : shards.get(path.shard(shards.size()));
    }

    /**
     * A deleted fork that has no forks itself needs no source. This is decided for a fork before it is decided for its
     * source, and by the owner of the log only: a copy may receive the creation of one of its forks later.
     */
    private void uncountIfUnneeded(StreamState stream) {
        LogRecord.Fork fork = stream.fork();
        if (fork != null
                && stream.isDurablyDeleted()
                && stream.forks() == 0
                && owner(stream.path()).leads()
                && stream.releaseSource()) {
            owner(fork.origin().source()).start().uncountFork(fork.sourceGeneration());
        }
    }

    private void connect(StreamState stream) {
        LogRecord.Fork fork = stream.fork();
        if (fork == null) {
            return;
        }
        StreamPath path = fork.origin().source();
        ShardStore owner = owner(path);
        StreamState source = owner.streamAt(path);
        if (source == null || source.generation() != fork.sourceGeneration()) {
            stream.inherit(new Lineage(path, fork.sourceGeneration(), 0, fork.position(), null));
            note(stream, fork, new Loss(0, fork.position(), "which is not there"));
            return;
        }
        owner.start().countFork(source);
        stream.inherit(source.lineageUpTo(fork.position()));
        note(stream, fork, loss(source, fork));
    }

    /** The lost positions that a fork inherits from a source or its ancestors, or null if none are lost. */
    private @Nullable Loss loss(StreamState source, LogRecord.Fork fork) {
        if (source.tail() < fork.position()) {
            return new Loss(source.tail(), fork.position(), "which ends at " + source.tail());
        }
        long start = source.content().start();
        if (start > source.ownStart() && source.ownStart() < fork.position()) {
            Loss own = new Loss(source.ownStart(), start, "of which the data begins at " + start);
            if (own.concerns(fork)) {
                return own;
            }
        }
        return lossesBefore.get(source.generation());
    }

    /**
     * Notes a loss. A deleted fork is not reported, because it is not read; but its forks are read, and have the same
     * loss.
     */
    private void note(StreamState stream, LogRecord.Fork fork, @Nullable Loss loss) {
        if (loss == null || !loss.concerns(fork)) {
            return;
        }
        lossesBefore.put(stream.generation(), loss);
        if (!stream.isDeleted()) {
            losses.add("stream " + stream.path() + " inherits positions " + fork.earliest() + " to " + fork.position()
                    + " of stream " + fork.origin().source() + ", " + loss.text());
        }
    }
}
