package io.streamkeeper.server.shard.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.ShardsRig;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which changes a call returns, and the position after them. */
@Timeout(60)
class ChangesCallTest {
    private static final int SHARDS = 3;
    private static final long LONG_MILLIS = 30_000;

    private final ShardsRig rig = new ShardsRig(SHARDS, 1 << 26);
    private final Shards shards = rig.shards();

    ChangesCallTest() throws IOException {}

    @AfterEach
    void close() {
        rig.close();
    }

    private CompletableFuture<Outcome> call(String prefix, @Nullable ListingPosition from, long waitMillis) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        new ChangesCall(shards, rig.loops().next(), prefix, from, waitMillis, outcome::complete).start();
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

    /** Creates a stream; returns the number of its shard. */
    private int create(String path) {
        rig.create(path);
        return shards.all().indexOf(shards.of(new StreamPath(path)));
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
