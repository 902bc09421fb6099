package io.streamkeeper.server.shard.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.ShardsRig;
import io.streamkeeper.server.shard.StreamListing;
import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Followers of changes in all shards: those that ask, those that do not, and those that begin with a listing. */
@Timeout(60)
class ChangeFeedTest {
    private static final int SHARDS = 3;

    private final ShardsRig rig = new ShardsRig(SHARDS, 1 << 26);
    private final Shards shards = rig.shards();

    ChangeFeedTest() throws IOException {}

    @AfterEach
    void close() {
        rig.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    /** Takes changes as they come, or not, and keeps the paths of the streams that are left. */
    private final class Reader implements ChangeFeed.Listener {
        private final EventLoop loop = rig.loops().next();
        private final ChangeFeed feed;
        private final Set<String> paths = new TreeSet<>();
        private final List<String> changes = new ArrayList<>();
        private boolean stays;
        private final AtomicInteger upToDate = new AtomicInteger();
        private volatile boolean gone;
        private volatile @Nullable Throwable fault;

        Reader(String prefix, @Nullable ListingPosition from, Set<String> listed) {
            this.feed = new ChangeFeed(shards, prefix, from, this);
            this.paths.addAll(listed);
            loop.execute(this::available);
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public void available() {
            if (!stays && feed.isReady()) {
                loop.execute(feed::next);
            }
        }

        @Override
        public void received(List<StreamChange> received, boolean hasAll) {
            for (StreamChange change : received) {
                changes.add(change.kind() + " " + change.path());
                boolean fits = change.kind() == StreamChange.Kind.DELETED
                        ? paths.remove(change.path())
                        : change.kind() == StreamChange.Kind.CLOSED || paths.add(change.path());
                if (!fits) {
                    fault = new AssertionError(change + " does not follow");
                }
            }
            if (hasAll) {
                upToDate.incrementAndGet();
            } else {
                available();
            }
        }

        @Override
        public void gone() {
            gone = true;
        }

        @Override
        public void failed(Refusal refusal) {
            fault = new AssertionError(refusal.toString());
        }

        <T> T on(Callable<T> question) throws Exception {
            return loop.submit(question).get(10, TimeUnit.SECONDS);
        }
    }

    private Outcome.Listed list(String prefix, int limit) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Budget budget = new Budget("listings", 1 << 24);
        ListQuery query = new ListQuery(prefix, null, limit, false);
        StreamListing.start(shards, query, path -> true, budget, rig.loops().next(), outcome::complete);
        return (Outcome.Listed) outcome.join();
    }

    private static Set<String> paths(Outcome.Listed listed) {
        Set<String> paths = new TreeSet<>();
        listed.streams().forEach(stream -> paths.add(stream.path()));
        return paths;
    }

    @Test
    void onlyChangesBelowThePrefixComeAndInTheirOrder() throws Exception {
        rig.create("a/1");
        Reader reader = new Reader("a/", null, Set.of("a/1"));
        await().until(() -> reader.upToDate.get() > 0);
        rig.create("a/2");
        rig.create("b/1");
        rig.delete("a/2");
        rig.create("a/2");
        rig.delete("a/1");
        await().until(() -> reader.on(() -> reader.changes.size()) == 4);
        assertThat(reader.on(() -> List.copyOf(reader.changes)))
                .containsSubsequence("CREATED a/2", "DELETED a/2", "CREATED a/2")
                .contains("DELETED a/1");
        assertThat(reader.on(() -> Set.copyOf(reader.paths))).containsExactly("a/2");
        assertThat(reader.fault).isNull();
    }

    @RepeatedTest(5)
    void aPageAndTheChangesAfterItAreWhatExists() throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
            Set<String> there = new TreeSet<>();
            while (!ends.get()) {
                String path = "s/" + ThreadLocalRandom.current().nextInt(300);
                if (there.add(path)) {
                    rig.create(path);
                } else {
                    there.remove(path);
                    rig.delete(path);
                }
            }
        });
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Outcome.Listed page = list("s/", 1_000);
            if (page.next() == null) {
                readers.add(new Reader("s/", page.position(), paths(page)));
            }
        }
        ends.set(true);
        changes.join();
        Set<String> expected = paths(list("s/", 1_000));
        assertThat(readers).isNotEmpty();
        for (Reader reader : readers) {
            await().until(() -> reader.on(() -> reader.paths.equals(expected)) || reader.fault != null);
            assertThat(reader.fault).isNull();
        }
    }

    @Test
    void oneThatDoesNotAskMissesWhatIsForgottenAndIsTold() throws Exception {
        for (Shard shard : shards.all()) {
            shard.run(() -> shard.store().limitHeap(new Budget("heap", 6 << 20)));
        }
        Reader slow = new Reader("", null, Set.of());
        Reader other = new Reader("other/", null, Set.of());
        await().until(() -> slow.upToDate.get() > 0 && other.upToDate.get() > 0);
        slow.on(() -> slow.stays = true);
        ListingPosition before = other.on(other.feed::position);
        for (int i = 0; i < 6_000; i++) {
            rig.create("s/" + i);
            rig.delete("s/" + i);
        }
        slow.on(() -> slow.stays = false);
        slow.on(() -> {
            slow.available();
            return null;
        });
        await().until(() -> slow.gone);

        rig.create("other/1");
        await().until(() -> other.on(() -> other.paths.contains("other/1")));
        assertThat(other.gone).isFalse();
        Reader late = new Reader("other/", before, Set.of());
        await().until(() -> late.gone);
        int rounds = other.upToDate.get();
        other.on(() -> {
            other.feed.refresh();
            other.available();
            return null;
        });
        await().until(() -> other.upToDate.get() > rounds);
        Reader resumed = new Reader("other/", other.on(other.feed::position), Set.of("other/1"));
        rig.delete("other/1");
        await().until(() -> resumed.on(() -> resumed.changes.equals(List.of("DELETED other/1"))));
    }

    @Test
    void aPositionOfAnotherStartIsGone() {
        rig.create("a");
        ListingPosition position = list("", 10).position();
        long[] numbers = new long[SHARDS];
        Reader other = new Reader("", new ListingPosition(position.start() + 1, numbers), Set.of());
        Reader fewer = new Reader("", new ListingPosition(position.start(), 0), Set.of());
        Reader later = new Reader("", new ListingPosition(position.start(), 9, 9, 9), Set.of());

        await().until(() -> other.gone && fewer.gone && later.gone);
    }

    @Test
    void manyWithTheSamePrefixAreAllWoken() throws Exception {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            readers.add(new Reader(i % 2 == 0 ? "s" : "s/" + i, null, Set.of()));
        }
        await().until(() -> readers.stream().allMatch(reader -> reader.upToDate.get() > 0));
        for (int i = 0; i < 20; i++) {
            rig.create("s/1/" + i);
        }
        for (int i = 0; i < 500; i++) {
            Reader reader = readers.get(i);
            int expected = i % 2 == 0 || i == 1 ? 20 : 0;
            await().until(() -> reader.on(() -> reader.changes.size()) == expected);
        }
        for (Reader reader : readers) {
            reader.on(() -> {
                reader.feed.close();
                return null;
            });
        }
        for (Shard shard : shards.all()) {
            await().until(() -> ShardChanges.of(shard).groupCount() == 0);
        }
    }
}
