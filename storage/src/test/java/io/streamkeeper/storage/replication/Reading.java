package io.streamkeeper.storage.replication;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.simulation.Reach;
import io.streamkeeper.storage.stream.StreamState;

/**
 * A read of some bytes of a stream on one machine, while everything goes on: what is read is what the log says, and a
 * read may fail only if the log has ended the stream, or has trimmed these bytes.
 */
final class Reading {
    private static final int BYTES_MAX = 1 << 20;

    private final Machine machine;
    private final Machine.Shard shard;
    private final StreamState stream;
    private final History history;
    private final History.Told told;
    private final Reach reach;
    private final long from;

    private Reading(Machine machine, Machine.Shard shard, StreamState stream, long from, History history, Reach reach) {
        this.machine = machine;
        this.shard = shard;
        this.stream = stream;
        this.from = from;
        this.history = history;
        this.told = history.of(stream.generation());
        this.reach = reach;
    }

    /**
     * Begins on the loop of {@code shard}.
     *
     * @param part where the read begins: 0 for the beginning of what can be read, 1 for the tail
     */
    static void start(
            Machine machine, Machine.Shard shard, StreamState stream, double part, History history, Reach reach) {
        long earliest = stream.durableEarliest();
        long from = earliest + (long) (part * (stream.durableTail() - earliest));
        new Reading(machine, shard, stream, from, history, reach).start();
    }

    private void start() {
        assertThat(told).as("stream %s, which is seen", stream.path()).isNotNull();
        assertThat(stream.durableTail()).as("the tail of %s that is seen", told).isLessThanOrEqualTo(told.tail());
        if (from < stream.ownStart()) {
            Lineage run = stream.lineage().at(from);
            Machine.Shard owner = machine.of(run.path());
            owner.loop().execute(() -> readInherited(owner, run));
        } else if (from < stream.durableTail()) {
            shard.store().read(stream, from, Buffers.NONE, from, BYTES_MAX, outcome -> {
                if (outcome instanceof Outcome.Chunk chunk) {
                    check(chunk.bytes(), "a read on " + (shard.store().leads() ? "the leader" : "a copy"));
                } else {
                    refused((Refusal) outcome);
                }
            });
        }
    }

    private void readInherited(Machine.Shard owner, Lineage run) {
        try {
            owner.store().readInherited(run, from, BYTES_MAX, new Callback<>() {
                @Override
                public void complete(ShardStore.Inherited inherited) {
                    check(inherited.bytes(), "a read of inherited bytes");
                }

                @Override
                public void refuse(Refusal refusal) {
                    refused(refusal);
                }
            });
        } catch (RefusedException e) {
            refused(e.refusal());
        }
    }

    private void check(ByteBuf bytes, String what) {
        String text = bytes.toString(ISO_8859_1);
        bytes.release();
        assertThat(history.text(told).substring((int) from))
                .as("%s of %s from %d on", what, told, from)
                .startsWith(text);
        reach.hit(what);
        if (machine.hasReadObjects()) {
            reach.hit("a read from an object");
        }
    }

    private void refused(Refusal refusal) {
        if (machine.mayBeAway() && refusal.code().code().equals("tier_unavailable")) {
            reach.hit("a read while the object store is away");
            return;
        }
        assertThat(told.deleted || told.earliest > from)
                .as("%s from %d on is not read: %s", told, from, refusal)
                .isTrue();
    }
}
