package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushQueueTest {
    private static final int CONNECTIONS = 1_000;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventExecutor loop = loops.next();
    private final FlushQueue queue = new FlushQueue(new TurnQueue(loop));
    private final List<String> flushed = new ArrayList<>();
    private final CompletableFuture<List<String>> all = new CompletableFuture<>();

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void flushed(String what, int total) {
        flushed.add(what);
        if (flushed.size() == total) {
            all.complete(List.copyOf(flushed));
        }
    }

    @Test
    void aResponseIsFlushedBeforeThePartsOfAThousandOthers() {
        loop.execute(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                queue.addPart(() -> flushed("part", CONNECTIONS + 1));
            }
            queue.addResponse(() -> flushed("response", CONNECTIONS + 1));
        });

        List<String> order = all.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(order.indexOf("response")).isLessThan(FlushQueue.PIECE_CONNECTIONS);
    }

    @Test
    void aPartIsFlushedBeforeTheResponsesOfAThousandOthers() {
        loop.execute(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                queue.addResponse(() -> flushed("response", CONNECTIONS + 1));
            }
            queue.addPart(() -> flushed("part", CONNECTIONS + 1));
        });

        List<String> order = all.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(order.indexOf("part")).isLessThan(FlushQueue.PIECE_CONNECTIONS);
    }

    @Test
    void otherTasksOfTheLoopRunWhileAThousandConnectionsAreFlushed() {
        CompletableFuture<Integer> atNextTask = new CompletableFuture<>();
        loop.execute(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                queue.addPart(() -> {
                    if (flushed.isEmpty()) {
                        loop.execute(() -> atNextTask.complete(flushed.size()));
                    }
                    spin();
                    flushed("part", CONNECTIONS);
                });
            }
        });

        all.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(atNextTask.join()).isLessThanOrEqualTo(2 * FlushQueue.PIECE_CONNECTIONS);
    }

    /** As long as a write of some hundred kilobytes. */
    private static void spin() {
        long until = System.nanoTime() + 250_000;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
