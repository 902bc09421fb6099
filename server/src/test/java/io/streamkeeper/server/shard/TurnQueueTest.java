package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.streamkeeper.protocol.output.LogsFaults;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnQueueTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final TurnQueue turns = new TurnQueue(loop);

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Keeps the loop as long as one turn has for pieces. */
    private void spin() {
        long until = loop.ticker().nanoTime() + TurnQueue.TURN_NANOS;
        while (loop.ticker().nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    private void onLoop(Runnable task) throws InterruptedException, ExecutionException {
        loop.submit(task).get();
    }

    @Test
    void piecesAreDoneInOrderAndWorksTakeTurns() throws Exception {
        List<String> done = new ArrayList<>();
        onLoop(() -> {
            turns.add(() -> {
                done.add("a1");
                turns.add(() -> done.add("a2"));
            });
            turns.add(() -> {
                done.add("b1");
                turns.add(() -> done.add("b2"));
            });
        });

        await().untilAsserted(() -> onLoop(() -> assertThat(done).containsExactly("a1", "b1", "a2", "b2")));
    }

    @Test
    void otherTasksOfTheLoopRunBetweenPiecesThatTakeLong() throws Exception {
        List<String> done = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 3; i++) {
                turns.add(() -> {
                    done.add("piece");
                    loop.execute(() -> done.add("task"));
                    spin();
                });
            }
        });

        await().untilAsserted(() ->
                onLoop(() -> assertThat(done).containsExactly("piece", "task", "piece", "task", "piece", "task")));
    }

    @Test
    void theLoopLooksAtItsSocketsWhilePiecesFollowEachOther() throws Exception {
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Echo())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        AtomicInteger pieces = new AtomicInteger();
        AtomicBoolean stops = new AtomicBoolean();
        try (Socket client = new Socket()) {
            client.connect(listener.localAddress());
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            loop.execute(() -> addEndless(pieces, stops));
            await().until(() -> pieces.get() > 0);

            client.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            int atEcho = pieces.get();
            stops.set(true);

            assertThat(atEcho).as("pieces of 2 ms until the echo").isLessThan(200);
        }
    }

    private void addEndless(AtomicInteger pieces, AtomicBoolean stops) {
        turns.add(() -> {
            pieces.incrementAndGet();
            spin();
            if (!stops.get()) {
                addEndless(pieces, stops);
            }
        });
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static final class Thrown extends Error {
        private static final long serialVersionUID = 1;

        Thrown() {
            super("thrown by the test", null, false, false);
        }
    }

    @Test
    @LogsFaults("a piece of work has failed")
    void aPieceThatThrowsDoesNotKeepTheNextFromBeingDone() throws Exception {
        AtomicInteger done = new AtomicInteger();
        onLoop(() -> {
            turns.add(() -> {
                throw new Thrown();
            });
            turns.add(done::incrementAndGet);
        });

        await().until(() -> done.get() == 1);
    }

    @Test
    void allPiecesAreDoneWhenTheLoopEnds() throws Exception {
        AtomicInteger done = new AtomicInteger();
        onLoop(() -> {
            for (int i = 0; i < 20; i++) {
                turns.add(() -> {
                    done.incrementAndGet();
                    spin();
                });
            }
        });
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();

        assertThat(done).hasValue(20);
    }
}
