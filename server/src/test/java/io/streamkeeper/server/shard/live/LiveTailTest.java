package io.streamkeeper.server.shard.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.server.shard.TurnQueue;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveTailTest {
    private static final StreamPath PATH = StreamPath.of("stream");
    private static final int WAITERS = 200;

    private EventLoopGroup loops;
    private Shards shards;

    @BeforeEach
    void start() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(1, 1 << 26, Clock.SYSTEM), loops);
    }

    @AfterEach
    void stop() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Shard shard() {
        return shards.of(PATH);
    }

    private Outcome execute(Command command) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        shard().execute(command, 1 << 20, answer::complete);
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private void create() {
        execute(new Command.Create(
                PATH,
                ContentType.parse("text/plain"),
                Expiry.never(),
                Retention.none(),
                false,
                null,
                Preconditions.NONE,
                Body.empty()));
    }

    private void append(String text) {
        Outcome outcome = execute(
                Command.Append.of(PATH, ContentType.parse("text/plain"), Body.of(Unpooled.copiedBuffer(text, UTF_8))));
        assertThat(outcome).isInstanceOf(Outcome.Appended.class);
    }

    private static Command.Read read(LiveMode mode) {
        return new Command.Read(PATH, new ReadStart.Beginning(), mode, -1, null, null);
    }

    /** Keeps the caller busy for a quarter of a millisecond. */
    private static void spin() {
        long until = System.nanoTime() + 250_000;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    /** What a subscriber does that follows the stream as a session of events does. */
    private class Follower implements Subscriber {
        private final EventLoop loop;
        private final TurnQueue turns;
        private final StringBuilder text = new StringBuilder();
        private final Subscription subscription = new Subscription(shard(), read(LiveMode.SSE), 1 << 16, this);
        private boolean pulling = true;
        private long position;
        volatile boolean attached;
        volatile boolean ended;

        Follower(EventLoop loop, TurnQueue turns) {
            this.loop = loop;
            this.turns = turns;
        }

        void start() {
            loop.execute(subscription::open);
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public TurnQueue turns() {
            return turns;
        }

        @Override
        public void pulled(Outcome outcome, boolean nowAttached) {
            pulling = false;
            if (!(outcome instanceof Outcome.Chunk chunk)) {
                ended = true;
                return;
            }
            text.append(chunk.bytes().toString(UTF_8));
            position = chunk.next().position();
            chunk.bytes().release();
            attached = nowAttached;
            if (!nowAttached) {
                pull();
            }
        }

        private void pull() {
            pulling = true;
            subscription.pull(position);
        }

        @Override
        public void moved(TailEvent event) {
            delivered();
            if (ended || pulling || event.to() <= position) {
                return;
            }
            if (event.from() != position) {
                pull();
                return;
            }
            position = event.to();
            text.append(event.chunk().bytes().toString(UTF_8));
            if (event.hasMore()) {
                pull();
            }
        }

        void delivered() {}

        @Override
        public void ended() {
            ended = true;
        }
    }

    private List<Follower> attachedFollowers(Runnable delivered) {
        EventLoop loop = shard().loop();
        List<Follower> followers = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            Follower follower = new Follower(loop, shard().turns()) {
                @Override
                void delivered() {
                    delivered.run();
                }

                @Override
                public void ended() {
                    delivered.run();
                    super.ended();
                }
            };
            follower.start();
            followers.add(follower);
        }
        await().until(() -> followers.stream().allMatch(follower -> follower.attached));
        return followers;
    }

    /** Counts who is called, and how many were when another task of the loop ran. */
    private final class Calls {
        final AtomicInteger count = new AtomicInteger();
        final CompletableFuture<Integer> atNextTask = new CompletableFuture<>();

        void called() {
            if (count.incrementAndGet() == 1) {
                shard().loop().execute(() -> atNextTask.complete(count.get()));
            }
            spin();
        }

        void assertOthersRunBetween() {
            await().until(() -> count.get() == WAITERS);
            assertThat(atNextTask.join())
                    .as("of " + WAITERS + " that wait, those who were called before another task of the loop")
                    .isLessThanOrEqualTo(2 * Round.PIECE_SUBSCRIBERS);
        }
    }

    @Test
    void aStepIsToldToABoundedNumberOfSubscribersBeforeOtherTasksOfTheLoop() {
        create();
        Calls calls = new Calls();
        attachedFollowers(calls::called);

        append("x");

        calls.assertOthersRunBetween();
    }

    @Test
    void aDeletionIsToldToABoundedNumberOfSubscribersBeforeOtherTasksOfTheLoop() {
        create();
        Calls calls = new Calls();
        attachedFollowers(calls::called);

        execute(new Command.Delete(PATH, Preconditions.NONE));

        calls.assertOthersRunBetween();
    }

    private void park(Runnable answered) {
        for (int i = 0; i < WAITERS; i++) {
            LongPoll poll = new LongPoll(read(LiveMode.LONG_POLL), 1 << 16, 60_000, shard().loop(), outcome -> {
                if (outcome instanceof Outcome.Chunk chunk) {
                    chunk.bytes().release();
                }
                answered.run();
            });
            poll.start(shard());
        }
    }

    @Test
    void aStepAnswersABoundedNumberOfPollsBeforeOtherTasksOfTheLoop() {
        create();
        Calls calls = new Calls();
        park(calls::called);

        append("x");

        calls.assertOthersRunBetween();
    }

    @Test
    void aDeletionAnswersABoundedNumberOfPollsBeforeOtherTasksOfTheLoop() {
        create();
        Calls calls = new Calls();
        park(calls::called);

        execute(new Command.Delete(PATH, Preconditions.NONE));

        calls.assertOthersRunBetween();
    }

    @Test
    void subscribersWhoComeAndGoWhileOthersAreToldGetEachByteOnceAndInOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        create();
        Map<EventLoop, TurnQueue> queues = new HashMap<>();
        queues.put(shard().loop(), shard().turns());
        List<Follower> followers = new ArrayList<>();
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            EventLoop loop = loops.next();
            Follower come = new Follower(loop, queues.computeIfAbsent(loop, TurnQueue::new)) {
                @Override
                void delivered() {
                    spinNowAndThen(random.nextInt(8));
                }
            };
            come.start();
            followers.add(come);
            if (random.nextInt(3) == 0) {
                Follower gone = followers.remove(random.nextInt(followers.size()));
                gone.loop().execute(() -> {
                    gone.ended = true;
                    gone.subscription.cancel();
                });
            }
            String text = i + "é".repeat(random.nextInt(20)) + " ";
            written.append(text);
            append(text);
        }

        await().untilAsserted(() -> assertThat(followers)
                .as("seed " + seed)
                .allSatisfy(follower -> assertThat(follower.loop()
                                .submit(() -> follower.text.toString())
                                .get())
                        .isEqualTo(written.toString())));
    }

    private static void spinNowAndThen(int number) {
        if (number == 0) {
            spin();
        }
    }

    @Test
    void pollsThatComeAndGoWhileOthersAreAnsweredAreAnsweredOnce() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        create();
        Map<LongPoll, AtomicInteger> answers = new ConcurrentHashMap<>();
        for (int i = 0; i < 300; i++) {
            AtomicInteger answered = new AtomicInteger();
            LongPoll poll = new LongPoll(
                    new Command.Read(PATH, new ReadStart.Now(), LiveMode.LONG_POLL, -1, null, null),
                    1 << 16,
                    60_000,
                    loops.next(),
                    outcome -> {
                        answered.incrementAndGet();
                        if (outcome instanceof Outcome.Chunk chunk) {
                            chunk.bytes().release();
                        }
                    });
            poll.start(shard());
            answers.put(poll, answered);
            if (random.nextInt(4) == 0) {
                poll.timeOut(shard());
            }
            if (random.nextInt(20) == 0) {
                append("x");
            }
        }
        append("y");

        await().untilAsserted(() ->
                assertThat(answers.values()).as("seed " + seed).allMatch(answered -> answered.get() == 1));
    }
}
