package io.streamkeeper.storage.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.storage.ManualClock;
import io.streamkeeper.storage.journal.ReplicatedLog;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.simulation.Reach;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shard that is a copy: it applies what another machine has decided, readers see that, and it decides nothing. */
class CopyTest {
    private static final StreamPath PATH = new StreamPath("a");

    private final ReplicatedLog log = new ReplicatedLog(new Random(1), 0, move -> {}, frame -> {});
    private final List<Outcome> answers = new ArrayList<>();
    private ProcessMemory memory;
    private Machine owner;
    private Machine copy;

    @BeforeEach
    void start() throws IOException {
        memory = ProcessMemory.begin();
        owner = machine("owner");
        copy = machine("copy");
        log.elect(owner.log, 0);
        runAll();
    }

    private Machine machine(String name) throws IOException {
        StorageConfig config = new StorageConfig(true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);
        Machine machine = new Machine(
                name,
                new Random(1),
                log,
                1,
                config,
                new ManualClock(1_700_000_000_000L),
                new States(),
                new Reach(),
                null);
        machine.start();
        return machine;
    }

    @AfterEach
    void free() {
        memory.free();
    }

    private void runAll() {
        do {
            log.step(true);
            for (Machine machine : List.of(owner, copy)) {
                machine.log.step();
                machine.threads.runAll();
            }
        } while (!log.isIdle() || !owner.isIdle() || !copy.isIdle());
    }

    private static ShardStore storeOf(Machine machine) {
        return machine.of(PATH).store();
    }

    private void create(Machine machine, Expiry expiry) {
        storeOf(machine)
                .create(
                        new Command.Create(
                                PATH,
                                ContentType.OCTET_STREAM,
                                expiry,
                                Retention.none(),
                                false,
                                null,
                                Preconditions.NONE,
                                Body.empty()),
                        null,
                        answers::add);
        runAll();
    }

    private void append(Machine machine) {
        storeOf(machine)
                .append(
                        Command.Append.of(
                                PATH, ContentType.OCTET_STREAM, Body.of(Unpooled.copiedBuffer("text", UTF_8))),
                        answers::add);
        runAll();
    }

    private void delete(Machine machine) {
        storeOf(machine).delete(new Command.Delete(PATH, Preconditions.NONE), answers::add);
        runAll();
    }

    /** The time passes on all machines; returns how many records the log has more. */
    private long logged(long millis) {
        long before = storeOf(owner).lastLsn();
        owner.clock.advance(millis);
        copy.clock.advance(millis);
        copy.tick();
        runAll();
        return storeOf(owner).lastLsn() - before;
    }

    private static void assertAbsent(Machine machine) {
        assertThatThrownBy(() -> storeOf(machine).open(PATH, true)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aReaderThatWaitsAtACopyIsNotifiedOfAppendsAndTheDeletion() {
        create(owner, Expiry.never());
        List<String> seen = new ArrayList<>();
        storeOf(copy).open(PATH, true).waiters(new TailWaiters() {
            @Override
            public void moved(StreamState stream) {
                seen.add("moved to " + stream.durableTail());
            }

            @Override
            public int count() {
                return 1;
            }

            @Override
            public void gone(StreamState stream) {
                seen.add("gone");
            }
        });
        append(owner);
        delete(owner);
        assertThat(seen).containsExactly("moved to 4", "gone");
        assertAbsent(copy);
    }

    @Test
    void aCopyRefusesEachCommandThatChangesAStream() {
        create(owner, Expiry.never());
        answers.clear();
        List<Consumer<Reply>> commands = List.of(
                reply -> create(copy, Expiry.never()),
                reply -> append(copy),
                reply -> delete(copy),
                reply -> storeOf(copy).trimBefore(PATH, 1, reply),
                reply -> storeOf(copy)
                        .change(
                                new Command.Change(
                                        PATH,
                                        new MetadataChange(ContentType.JSON, null, null, null, null),
                                        Preconditions.NONE),
                                reply));
        commands.forEach(command -> command.accept(answers::add));
        assertThat(answers)
                .hasSize(commands.size())
                .allSatisfy(answer -> assertThat(((Refusal) answer).code()).isEqualTo(ErrorCode.NO_LEADER));
    }

    @Test
    void aCopyHidesAStreamThatHasExpiredAndTheNextOwnerLogsIt() {
        create(owner, new Expiry.At(owner.clock.nowMillis() + 1_000));
        assertThat(logged(2_000)).as("records of the copy").isZero();
        assertAbsent(copy);
        assertThat(storeOf(copy).streamCount()).isEqualTo(1);
        log.elect(copy.log, 0);
        runAll();
        copy.tick();
        runAll();
        assertThat(storeOf(copy).streamCount()).isZero();
        assertThat(storeOf(owner).streamCount()).isZero();
    }

    @Test
    void aStreamWithATimeToLiveIsSeenOnACopyAsLongAsTheOwnerRecordsItsUse() {
        create(owner, new Expiry.Ttl(10));
        assertThat(logged(8_000)).isZero();
        append(owner);
        assertThat(logged(8_000)).isZero();
        storeOf(copy).open(PATH, false);
        logged(3_000);
        assertAbsent(copy);
    }

    @Test
    void aTimeWithoutLeaderIsAUseOfStreamsThatItHasEnded() {
        create(owner, new Expiry.Ttl(2));
        passWithoutLeader(2_500, 2_400);
        storeOf(copy).open(PATH, false);
        storeOf(owner).open(PATH, false);
        assertThat(logged(1_900)).isZero();
        storeOf(copy).open(PATH, false);
        storeOf(owner).open(PATH, false);
        assertThat(logged(200)).as("the end of its life").isEqualTo(1);
        assertAbsent(copy);
    }

    @Test
    void aStreamThatHadEndedBeforeTheLeaderStaysEnded() {
        create(owner, new Expiry.Ttl(2));
        passWithoutLeader(5_000, 2_900);
        assertAbsent(copy);
        assertAbsent(owner);
    }

    @Test
    void aTimeWithoutLeaderDoesNotLengthenALongLife() {
        create(owner, new Expiry.Ttl(1_000));
        passWithoutLeader(5_000, 5_000);
        assertThat(storeOf(copy).lastLsn()).isEqualTo(1);
        assertThat(logged(994_000)).isZero();
        storeOf(copy).open(PATH, false);
        assertThat(logged(2_000)).isEqualTo(1);
        assertAbsent(copy);
    }

    /** The time passes; then the copy leads, which has known no leader for a part of it. */
    private void passWithoutLeader(long millis, long leaderlessMillis) {
        owner.clock.advance(millis);
        copy.clock.advance(millis);
        log.elect(copy.log, leaderlessMillis);
        runAll();
    }
}
