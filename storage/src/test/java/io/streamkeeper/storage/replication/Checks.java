package io.streamkeeper.storage.replication;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.util.Map;
import java.util.TreeMap;

/** What must hold when nothing is under way: a machine has what the log says. */
final class Checks {
    private Checks() {}

    static void quiet(Machine machine, Machine.Shard shard, History history) {
        Map<Long, StreamState> found = new TreeMap<>();
        shard.store().forEachStream(stream -> found.put(stream.generation(), stream));
        Map<Long, History.Told> told = history.kept();
        told.values().removeIf(stream -> machine.of(stream.created.path()).number() != shard.number());
        assertThat(found.keySet())
                .as("streams of %s, shard %s", machine, shard.number())
                .isEqualTo(told.keySet());
        found.forEach((generation, stream) -> {
            History.Told expected = told.get(generation);
            assertThat(stream.isDurablyDeleted()).as("%s is deleted", expected).isEqualTo(expected.deleted);
            assertThat(stream.isDurablyClosed()).as("%s is closed", expected).isEqualTo(expected.closed);
            assertThat(stream.durableTail()).as("the tail of %s", expected).isEqualTo(expected.tail());
            assertThat(stream.durableEarliest())
                    .as("the beginning of %s", expected)
                    .isEqualTo(expected.earliest);
            assertThat(stream.forks())
                    .as("forks of %s on %s", expected, machine)
                    .isEqualTo(history.forksOf(generation));
            assertThat(stream.forks() > 0 || !stream.isKeptForForks())
                    .as("%s is not kept for forks that it does not have", expected)
                    .isTrue();
            if (!expected.deleted) {
                assertThat(read(machine, shard, stream, expected.earliest))
                        .as("what %s reads of %s", machine, expected)
                        .isEqualTo(history.text(expected).substring((int) expected.earliest));
            }
        });
    }

    /** All that a stream has from a position on. */
    private static String read(Machine machine, Machine.Shard shard, StreamState stream, long start) {
        StringBuilder text = new StringBuilder();
        long from = start;
        while (from < stream.ownStart()) {
            Lineage run = stream.lineage().at(from);
            String inherited = inherited(machine, run, from);
            assertThat(inherited)
                    .as("inherited bytes of %s from %s on", stream.path(), from)
                    .isNotEmpty();
            text.append(inherited);
            from += inherited.length();
        }
        while (from < stream.durableTail()) {
            Outcome[] answer = new Outcome[1];
            shard.store().read(stream, from, Buffers.NONE, from, 1 << 20, outcome -> answer[0] = outcome);
            machine.threads.runAll();
            assertThat(answer[0]).as("the bytes of %s", stream.path()).isInstanceOf(Outcome.Chunk.class);
            from += take(((Outcome.Chunk) answer[0]).bytes(), text);
        }
        return text.toString();
    }

    private static String inherited(Machine machine, Lineage run, long from) {
        StringBuilder text = new StringBuilder();
        StreamPath path = run.path();
        machine.of(path).store().readInherited(run, from, 1 << 20, new Callback<ShardStore.Inherited>() {
            @Override
            public void complete(ShardStore.Inherited inherited) {
                take(inherited.bytes(), text);
            }

            @Override
            public void refuse(Refusal refusal) {
                throw new AssertionError("a read of " + run + " is refused: " + refusal);
            }
        });
        machine.threads.runAll();
        return text.toString();
    }

    private static int take(ByteBuf bytes, StringBuilder text) {
        int count = bytes.readableBytes();
        text.append(bytes.toString(ISO_8859_1));
        bytes.release();
        return count;
    }
}
