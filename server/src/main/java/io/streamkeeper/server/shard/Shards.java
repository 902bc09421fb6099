package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Clock;
import io.streamkeeper.storage.MemoryBudget;
import java.util.ArrayList;
import java.util.List;

/** All shards of a server, each on a loop of its own as far as the loops go. Immutable; safe for use by any thread. */
public final class Shards {
    private final List<Shard> shards;

    /** {@code count} shards on the loops of {@code loops}, in turn, which share {@code memory}. */
    public Shards(int count, EventLoopGroup loops, MemoryBudget memory, Clock clock) {
        List<Shard> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EventLoop loop = loops.next();
            made.add(new Shard(i, count, loop, memory, clock, this));
        }
        this.shards = List.copyOf(made);
    }

    /** The shard that holds a path. */
    public Shard of(StreamPath path) {
        return shards.size() == 1 ? shards.get(0) : shards.get(path.shard(shards.size()));
    }

    /** Begins the shards' own work: expiry. */
    public void start() {
        shards.forEach(Shard::start);
    }

    /** Answers every waiting reader with what there is and ends every subscription; later ones do not wait any more. */
    public void drain() {
        shards.forEach(Shard::drain);
    }

    /** Lets go of all streams; nothing may be asked of the shards any more. */
    public void close() {
        shards.forEach(Shard::close);
    }
}
