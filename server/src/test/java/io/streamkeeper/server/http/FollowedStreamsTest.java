package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.TurnQueue;
import io.streamkeeper.storage.memory.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowedStreamsTest {
    private static final int STREAMS_MAX = 1_000;

    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final TurnQueue turns = new TurnQueue(loop);
    private final Budget heads = new Budget("heads", 64 << 20);
    private final List<Throwable> faults = new ArrayList<>();
    private final FollowedStreams streams = new FollowedStreams(
            turns,
            STREAMS_MAX,
            SessionMemory.reserve(
                    SessionMemory.Room.of(
                            heads, ServerConfig.builder().build().limits().proxies()),
                    null,
                    null,
                    0),
            read -> {
                throw new IllegalStateException("no stream is read or removed");
            },
            faults::add);

    @AfterEach
    void stop() {
        loop.submit(streams::close).syncUninterruptibly();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(heads.usedBytes()).isZero();
    }

    private static List<Command.Read> reads(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Command.Read(new StreamPath(prefix + i), new ReadStart.Now(), LiveMode.SSE, -1, null, null))
                .toList();
    }

    /** The refusal of a change, or null; and how many pieces of other work there was time for. */
    private record Done(@Nullable Refusal refusal, int others) {}

    private CompletableFuture<Done> change(List<Command.Read> added, List<StreamPath> removed) {
        CompletableFuture<Done> done = new CompletableFuture<>();
        loop.execute(() -> {
            int[] others = new int[1];
            streams.change(StreamsChange.of(
                    added, removed, stream -> {}, refusal -> done.complete(new Done(refusal, others[0]))));
            turns.add(new Runnable() {
                @Override
                public void run() {
                    others[0]++;
                    if (!done.isDone()) {
                        turns.add(this);
                    }
                }
            });
        });
        return done;
    }

    @Test
    void aChangeOfManyStreamsIsDoneInPieces() {
        Done all = change(reads("a", 1_000), List.of()).join();
        assertThat(all.refusal()).isNull();
        assertThat(all.others()).isBetween(50, 70);
        List<StreamPath> absent =
                reads("absent", 1_000).stream().map(Command.Read::path).toList();
        assertThat(change(List.of(), absent).join().others()).isBetween(50, 70);
    }

    @Test
    void oneThatIsRefusedChangesNothing() {
        assertThat(change(reads("a", 999), List.of()).join().refusal()).isNull();
        long used = heads.usedBytes();
        Refusal refusal = change(reads("b", 2), List.of()).join().refusal();
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(refusal.message()).contains("1001", "1000");
        assertThat(heads.usedBytes()).isEqualTo(used);
        assertThat(change(reads("b", 1), List.of()).join().refusal()).isNull();
    }

    @Test
    void aStreamThatIsAddedAgainTakesItsPlace() {
        assertThat(change(reads("a", 1_000), List.of()).join().refusal()).isNull();
        long used = heads.usedBytes();
        assertThat(change(reads("a", 1_000), List.of()).join().refusal()).isNull();
        assertThat(heads.usedBytes()).isEqualTo(used);
    }

    @Test
    void changesAreDoneInTheirOrder() {
        List<CompletableFuture<Done>> all = new ArrayList<>();
        for (String prefix : List.of("a", "b", "c")) {
            all.add(change(reads(prefix, 500), List.of()));
        }
        assertThat(all.get(0).join().refusal()).isNull();
        assertThat(all.get(1).join().refusal()).isNull();
        assertThat(all.get(2).join().refusal()).isNotNull();
    }

    @Test
    void changesThatAreUnderWayAreAnsweredAtTheEnd() {
        CompletableFuture<Done> first = new CompletableFuture<>();
        CompletableFuture<Done> second = new CompletableFuture<>();
        loop.submit(() -> {
                    for (CompletableFuture<Done> done : List.of(first, second)) {
                        streams.change(StreamsChange.of(
                                reads("a", 500),
                                List.of(),
                                stream -> {},
                                refusal -> done.complete(new Done(refusal, 0))));
                    }
                    streams.close();
                })
                .syncUninterruptibly();
        for (CompletableFuture<Done> done : List.of(first, second)) {
            Refusal refusal = done.join().refusal();
            assertThat(refusal).isNotNull();
            assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    @Test
    void aChangeThatFailsIsAnsweredAndEndsTheSession() {
        assertThat(change(reads("a", 1), List.of()).join().refusal()).isNull();
        Refusal refusal =
                change(List.of(), List.of(new StreamPath("a0"))).join().refusal();
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(faults).hasSize(1);
    }
}
