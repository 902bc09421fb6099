package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTasksTest {
    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aTaskRunsOnTheLoop() throws Exception {
        CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
        LoopTasks.run(loop, () -> onLoop.complete(loop.inEventLoop()));
        assertThat(onLoop.get()).isTrue();
    }

    @Test
    void onTheLoopItRunsAtOnce() throws Exception {
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        loop.submit(() -> {
                    LoopTasks.run(loop, () -> first.complete(true));
                    first.complete(false);
                })
                .get();
        assertThat(first.get()).isTrue();
    }

    @Test
    void onTheLoopItsFaultIsTheCallers() {
        assertThatThrownBy(() -> loop.submit(() -> LoopTasks.run(loop, LoopTasksTest::fail))
                        .get())
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskForALoopThatHasEndedRunsAllTheSame() throws Exception {
        end();
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        LoopTasks.run(loop, () -> ran.complete(Thread.currentThread()));
        assertThat(ran.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void whatFailsWithoutItsLoopDoesNotDisturbTheCaller() {
        end();
        LoopTasks.run(loop, LoopTasksTest::fail);
    }

    private static void fail() {
        throw new IllegalStateException("as if");
    }
}
