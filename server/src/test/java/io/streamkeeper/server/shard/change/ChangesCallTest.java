package io.streamkeeper.server.shard.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which changes a call returns, and the position after them. */
@Timeout(60)
class ChangesCallTest {
    private static final int SHARDS = 3;
    private static final long LONG_MILLIS = 30_000;

    private EventLoopGroup loops;
    private Shards shards;

    @BeforeEach
    void open() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(SHARDS, 1 << 26, Clock.SYSTEM), loops);
        shards.start();
    }

    @AfterEach
    void close() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private CompletableFuture<Outcome> call(String prefix, @Nullable ListingPosition from, long waitMillis) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        new ChangesCall(shards, loops.next(), prefix, from, waitMillis, outcome::complete).start();
        return outcome;
    }

    private ListingPosition now() {
        return ((Outcome.Changes) call("", null, 0).join()).position();
    }

    /** A call that has asked all shards and waits. */
    private CompletableFuture<Outcome> waiting(String prefix, long waitMillis) {
        CompletableFuture<Outcome> waiting = call(prefix, now(), waitMillis);
        Awaitility.await()
                .until(() -> shards.all().stream()
                        .allMatch(shard -> ShardChanges.of(shard).groupCount() == 1));
        return waiting;
    }

    private int create(String path) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        StreamPath checked = new StreamPath(path);
        shards.of(checked)
                .execute(
                        new Command.Create(
                                checked,
                                ContentType.JSON,
                                Expiry.never(),
                                Retention.none(),
                                false,
                                null,
                                Preconditions.NONE,
                                Body.empty()),
                        0,
                        outcome::complete);
        assertThat(outcome.join()).isNotInstanceOf(Refusal.class);
        return shards.all().indexOf(shards.of(checked));
    }

    private void createSome() {
        for (int i = 0; i < 30; i++) {
            create("s/" + i);
        }
    }

    @Test
    void oneCallReturnsTheChangesOfAllShards() {
        ListingPosition from = now();
        createSome();

        Outcome.Changes all = (Outcome.Changes) call("", from, LONG_MILLIS).join();
        assertThat(all.changes()).hasSize(30);
        assertThat(all.hasAll()).isTrue();
        assertThat(all.position()).isEqualTo(now());
    }

    @Test
    void manyChangesOfTheFirstShardDoNotDelayThoseOfOthers() {
        ListingPosition from = now();
        int others = 0;
        for (int i = 0; i < 1_500; i++) {
            String path = "s/" + i;
            boolean isOfFirst = shards.all().indexOf(shards.of(new StreamPath(path))) == 0;
            if (isOfFirst || others < 20) {
                others += create(path) == 0 ? 0 : 1;
            }
        }

        Outcome.Changes some = (Outcome.Changes) call("", from, LONG_MILLIS).join();
        assertThat(some.hasAll()).isFalse();
        long ofOthers = some.changes().stream()
                .filter(change -> shards.all().indexOf(shards.of(new StreamPath(change.path()))) != 0)
                .count();
        assertThat(ofOthers).isEqualTo(others);
        Outcome.Changes rest =
                (Outcome.Changes) call("", some.position(), LONG_MILLIS).join();
        assertThat(rest.changes()).isNotEmpty();
    }

    @Test
    void aPositionAfterAWaitIncludesWhatDoesNotConcernThePrefix() {
        CompletableFuture<Outcome> waiting = waiting("other/", LONG_MILLIS);
        createSome();
        create("other/1");

        Outcome.Changes one = (Outcome.Changes) waiting.join();
        assertThat(one.changes()).hasSize(1);
        assertThat(one.position()).isEqualTo(now());
    }

    @Test
    void aPositionWithoutChangesIncludesWhatDoesNotConcernThePrefix() {
        CompletableFuture<Outcome> waiting = waiting("other/", 2_000);
        createSome();

        Outcome.Changes none = (Outcome.Changes) waiting.join();
        assertThat(none.changes()).isEmpty();
        assertThat(none.position()).isEqualTo(now());
    }
}
