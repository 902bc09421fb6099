package io.streamkeeper.server.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.Kinds;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.shard.Reply;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A command that fails with an {@link Error} before anything was staged is answered, once, and leaves no trace. */
class ShardFaultsTest {
    private static final StreamPath SOURCE = StreamPath.of("source");

    /** Takes one outcome, and counts. */
    private static final class Counted implements Reply {
        final CountDownLatch answered = new CountDownLatch(1);
        final AtomicInteger answers = new AtomicInteger();
        volatile Outcome outcome = new Outcome.Deleted();

        @Override
        public void complete(Outcome newOutcome) {
            answers.incrementAndGet();
            if (newOutcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
            outcome = newOutcome;
            answered.countDown();
        }
    }

    private volatile boolean fails;
    private EventLoopGroup loops;
    private Shards shards;

    private final Clock clock = new Clock() {
        @Override
        public long nowMillis() {
            if (fails) {
                throw new StackOverflowError();
            }
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    };

    @BeforeEach
    void start() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(2, 1 << 24, clock), loops);
    }

    @AfterEach
    void stop() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Outcome execute(Command command) throws InterruptedException {
        Counted reply = new Counted();
        shards.of(command.path()).execute(command, 1 << 20, reply);
        assertThat(reply.answered.await(10, TimeUnit.SECONDS))
                .as("an answer to " + command)
                .isTrue();
        await().during(20, TimeUnit.MILLISECONDS).until(() -> reply.answers.get() == 1);
        return reply.outcome;
    }

    /** Streams that expire without use, so that each command reads the clock, which fails. */
    private static Command.Create create(StreamPath path, ForkOrigin fork) {
        return new Command.Create(
                path,
                fork == null ? ContentType.OCTET_STREAM : null,
                new Expiry.Ttl(3_600),
                Retention.none(),
                false,
                fork,
                Preconditions.NONE,
                Body.of(Unpooled.copiedBuffer("one", UTF_8)));
    }

    private static List<Command> commands() {
        return List.of(
                create(StreamPath.of("new"), null),
                create(StreamPath.of("fork"), new ForkOrigin(SOURCE, null, 0)),
                Command.Append.of(SOURCE, ContentType.OCTET_STREAM, Body.of(Unpooled.copiedBuffer("two", UTF_8))),
                new Command.Read(SOURCE, new ReadStart.Beginning(), LiveMode.NONE, -1, null, null),
                new Command.Describe(SOURCE),
                new Command.Change(SOURCE, new MetadataChange(null, null, null, null, 5L), Preconditions.NONE),
                new Command.Delete(SOURCE, Preconditions.NONE));
    }

    @Test
    @LogsFaults("a request has failed")
    void eachCommandThatThrowsAnErrorIsAnswered500AndLeavesNoTrace() throws InterruptedException {
        execute(create(SOURCE, null));
        List<Command> commands = commands();
        Kinds.assertComplete(Command.class, commands);
        for (Command command : commands) {
            fails = true;
            Outcome outcome = execute(command);
            fails = false;
            assertThat(outcome).as(command.toString()).isInstanceOf(Refusal.class);
            assertThat(((Refusal) outcome).code().code()).isEqualTo("internal_error");
        }
        assertThat(shards.failure()).isNull();
        assertThat(execute(new Command.Describe(StreamPath.of("new")))).isInstanceOf(Refusal.class);
        Outcome described = execute(new Command.Describe(SOURCE));
        assertThat(((Outcome.Described) described).stream().tail().position()).isEqualTo(3);
    }

    @Test
    void eachKindOfCommandIsAnsweredAsItShould() throws InterruptedException {
        execute(create(SOURCE, null));
        for (Command command : commands()) {
            assertThat(execute(command)).as(command.toString()).isNotInstanceOf(Refusal.class);
        }
    }
}
