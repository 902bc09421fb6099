package io.streamkeeper.server.subscription;

import static io.streamkeeper.server.subscription.SubscriptionsRig.eventually;
import static io.streamkeeper.server.subscription.SubscriptionsRig.pull;
import static io.streamkeeper.server.subscription.SubscriptionsRig.result;
import static io.streamkeeper.server.subscription.SubscriptionsRig.tails;
import static io.streamkeeper.server.subscription.SubscriptionsRig.webhook;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.subscription.SubscriptionView.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of subscriptions: states, lag, lists by pages; and how they move a cursor. */
class SubscriptionFiguresTest {
    /** Longer than the pause between two looks at the tails. */
    private static final long LOOKS_AGAIN = 11_000;

    private SubscriptionsRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new SubscriptionsRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private SubscriptionFigures figures() {
        return rig.subscriptions().figures().join();
    }

    private SubscriptionView view(String id) {
        return rig.get(id);
    }

    private void isIn(State state, String id) {
        eventually(() -> assertThat(view(id).state()).isEqualTo(state));
    }

    private SubscriptionView page(String id, @Nullable String after, int limit, boolean onlyPending) {
        return result(then -> rig.subscriptions().get(id, new LinkRange(after, limit, onlyPending), then));
    }

    private List<String> ids(String prefix, @Nullable String after, int limit) {
        Subscriptions.Page page = result(then -> rig.subscriptions().list(prefix, after, limit, then));
        return page.subscriptions().stream().map(SubscriptionView::id).toList();
    }

    // ---- states ----

    @Test
    void aWebhookIsIdleThenWakingThenRetryingThenLeased() {
        rig.put("s", webhook("*"));
        isIn(State.IDLE, "s");
        rig.create("a", "1");
        rig.sent(0);
        isIn(State.WAKING, "s");
        rig.sent(0).fail();
        isIn(State.RETRYING, "s");
        assertThat(view("s").attempts()).isEqualTo(1);
        assertThat(view("s").lastError()).isEqualTo("status 500");
        assertThat(figures().failing()).isEqualTo(1);
        rig.time.advance(2_000);
        rig.sent(1);
        isIn(State.RETRYING, "s");
        assertThat(figures().failing()).as("failing while it is tried again").isEqualTo(1);
        rig.sent(1).answer(new Deliveries.Result.Accepted(false));
        isIn(State.LEASED, "s");
        Wake wake = rig.sent(1).wake();
        rig.callback(wake, true, tails(wake));
        isIn(State.IDLE, "s");
        assertThat(view("s").attempts()).isZero();
        assertThat(figures().failing()).isZero();
    }

    @Test
    void aPullWakeSubscriptionIsWakingUntilItIsClaimed() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        rig.create("x/a", "1");
        isIn(State.WAKING, "s");
        rig.time.advance(7_000);
        assertThat(figures().unclaimedMillis()).isEqualTo(7_000);
        Wake wake = rig.claim("s", "w");
        isIn(State.LEASED, "s");
        assertThat(figures().unclaimedMillis()).isZero();
        assertThat(figures().groups())
                .isEqualTo(Map.of(new SubscriptionFigures.Group(SubscriptionSpec.Kind.PULL_WAKE, State.LEASED), 1L));
        rig.ack(wake, true, tails(wake));
        isIn(State.IDLE, "s");
        assertThat(figures().subscriptions(State.IDLE)).isEqualTo(1);
    }

    @Test
    @LogsFaults("does not follow all its streams")
    void aSubscriptionThatLacksRoomIsReported() {
        rig.restart(new SubscriptionLimits(10, 2));
        rig.put("s", webhook("*"));
        for (String path : List.of("a", "b", "c")) {
            rig.create(path, "1");
        }
        eventually(() -> assertThat(view("s").lacksRoom()).isTrue());
        assertThat(figures().lackingRoom()).isEqualTo(1);
    }

    // ---- lag ----

    @Test
    void bytesAppendedToAStreamThatIsBehindAreCounted() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0);
        eventually(() -> assertThat(figures().lag().bytes()).isPositive());
        long first = figures().lag().bytes();
        rig.append("a", "2", "3");
        rig.time.advance(LOOKS_AGAIN);
        eventually(() -> assertThat(figures().lag()).isEqualTo(new Lag(1, 3 * first, LOOKS_AGAIN)));
        assertThat(view("s").lag()).isEqualTo(new Lag(1, 3 * first, LOOKS_AGAIN));
        assertThat(view("s").links().get(0).pendingBytes()).isEqualTo(3 * first);
        rig.sent(0).done();
        eventually(() -> assertThat(figures().lag().bytes()).isEqualTo(2 * first));
        rig.sent(1).done();
        eventually(() -> assertThat(figures().lag()).isEqualTo(Lag.NONE));
    }

    @Test
    void theAgeOfAStreamThatIsNeverEmptyIsThatOfItsOldestData() {
        rig.put("s", webhook("*"));
        rig.create("a", "0");
        for (int round = 0; round < 10; round++) {
            rig.sent(round);
            rig.time.advance(5_000);
            rig.append("a", "1");
            rig.sent(round).done();
        }
        rig.sent(10);
        assertThat(figures().lag().links()).isEqualTo(1);
        assertThat(figures().lag().oldestMillis()).isBetween(0L, 10_000L);
    }

    @Test
    void lagIsNotCountedForStreamsThatTheOwnerMayNotRead() {
        rig.unreadable.add("a");
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        eventually(() -> assertThat(figures().lag()).isEqualTo(Lag.NONE));
        isIn(State.IDLE, "s");
    }

    @Test
    void theLagOfADeletedStreamEnds() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.create("b", "1");
        eventually(() -> assertThat(figures().lag().links()).isEqualTo(2));
        long both = figures().lag().bytes();
        rig.delete("a");
        eventually(() -> assertThat(figures().lag().bytes()).isEqualTo(both / 2));
        rig.deleted("s");
        assertThat(figures()).isEqualTo(SubscriptionFigures.NONE);
    }

    // ---- pages ----

    @Test
    void linksComeByPages() {
        rig.put("s", webhook("*"));
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            paths.add("p" + (char) ('a' + i));
            rig.create(paths.get(i), "1");
        }
        eventually(() -> assertThat(view("s").links()).hasSize(25));
        List<String> read = new ArrayList<>();
        String after = null;
        int pages = 0;
        do {
            SubscriptionView page = page("s", after, 10, false);
            assertThat(page.linkCount()).isEqualTo(25);
            page.links().forEach(link -> read.add(link.path()));
            after = page.nextLinks();
            pages++;
        } while (after != null);
        assertThat(read).isEqualTo(paths);
        assertThat(pages).isEqualTo(3);
        assertThat(page("s", "pw", 10, false).links())
                .extracting(StreamLink::path)
                .containsExactly("px", "py");
        assertThat(page("s", null, 25, false).nextLinks()).isNull();
    }

    @Test
    void moreLinksThanAPieceOfWorkDescribesComeInTheirOrder() {
        int count = 2 * LinkViews.PIECE_LINKS + 50;
        String[] paths =
                IntStream.range(0, count).mapToObj(i -> "x/" + (1_000 + i)).toArray(String[]::new);
        rig.put("s", webhook(null, paths));
        assertThat(view("s").links()).extracting(StreamLink::path).containsExactly(paths);
        int limit = LinkViews.PIECE_LINKS + 1;
        SubscriptionView page = page("s", null, limit, false);
        assertThat(page.links()).extracting(StreamLink::path).containsExactly(Arrays.copyOf(paths, limit));
        assertThat(page.nextLinks()).isEqualTo(paths[limit - 1]);
        SubscriptionView rest = page("s", page.nextLinks(), count, false);
        assertThat(rest.links()).hasSize(count - limit);
        assertThat(rest.nextLinks()).isNull();
    }

    @Test
    void aPageMayHaveOnlyThePendingLinks() {
        rig.create("a", "1");
        rig.create("b", "1");
        rig.put("s", webhook("*"));
        rig.append("b", "2");
        rig.sent(0);
        assertThat(page("s", null, 10, true).links())
                .extracting(StreamLink::path)
                .containsExactly("b");
        assertThat(page("s", null, 10, false).links()).hasSize(2);
    }

    @Test
    void aListMayHaveAPrefix() {
        for (String id : List.of("a", "b", "b1", "b2", "b3", "c")) {
            rig.put(id, webhook("none"));
        }
        assertThat(ids("", null, 10)).containsExactly("a", "b", "b1", "b2", "b3", "c");
        assertThat(ids("b", null, 10)).containsExactly("b", "b1", "b2", "b3");
        assertThat(ids("b", null, 2)).containsExactly("b", "b1");
        assertThat(ids("b", "b1", 10)).containsExactly("b2", "b3");
        assertThat(ids("b", "a", 10)).containsExactly("b", "b1", "b2", "b3");
        assertThat(ids("b", "c", 10)).isEmpty();
        assertThat(ids("d", null, 10)).isEmpty();
    }

    // ---- the start ----

    @Test
    void figuresDoNotWaitForTheStart() throws IOException {
        try (SubscriptionsRig one = new SubscriptionsRig(1)) {
            for (int i = 0; i < 40; i++) {
                one.put("s" + i, webhook("*"));
            }
            assertThat(one.restartAndCount().join().subscriptions()).isLessThan(40);
            eventually(() -> assertThat(one.subscriptions().figures().join().subscriptions())
                    .isEqualTo(40));
        }
    }

    // ---- a cursor that is moved ----

    @Test
    void aCursorThatWasMovedStaysThereAfterARestart() {
        rig.create("a", "1");
        rig.put("s", webhook("*"));
        Offset second = rig.append("a", "2");
        Offset tail = rig.append("a", "3");
        eventually(() -> {
            rig.deliveries.sent().forEach(ScriptedDeliveries.Sent::done);
            assertThat(rig.link("s", "a").acked()).isEqualTo(tail);
        });
        rig.seek("s", "a", second);
        assertThat(rig.link("s", "a").acked()).isEqualTo(second);
        long generation = view("s").generation();
        rig.restart();
        assertThat(rig.link("s", "a").acked()).isEqualTo(second);
        assertThat(view("s").generation()).isGreaterThanOrEqualTo(generation);
        eventually(() -> {
            rig.time.advance(1_000);
            rig.deliveries.sent().forEach(ScriptedDeliveries.Sent::done);
            assertThat(rig.link("s", "a").acked()).isEqualTo(tail);
        });
        assertThat(rig.deliveries.sent())
                .as("the wakes from the place to which the cursor was moved")
                .anyMatch(sent -> sent.wake().links().get(0).acked().equals(second));
        rig.restart();
        assertThat(rig.link("s", "a").acked()).isEqualTo(tail);
    }

    @Test
    void aCursorIsMovedToTheBeginningAndToTheEnd() {
        rig.create("wake");
        Offset beginning = new Offset(rig.create("x/a", "1").generation(), 0);
        rig.put("s", pull("x/*", "wake"));
        Offset tail = rig.append("x/a", "2");
        rig.seek("s", "x/a", new ReadStart.Beginning());
        assertThat(rig.claim("s", "w").links()).containsExactly(new StreamLink("x/a", false, beginning, tail));
        rig.seek("s", "x/a", new ReadStart.Now());
        assertThat(rig.link("s", "x/a")).isEqualTo(new StreamLink("x/a", false, tail, tail));
        isIn(State.IDLE, "s");
    }

    @Test
    void aCursorIsMovedOfManyStreamsAlone() {
        rig.create("wake");
        Offset a = rig.create("x/a", "1");
        Offset b = rig.create("x/b", "1");
        rig.put("s", pull("x/*", "wake"));
        rig.seek("s", "x/a", new Offset(a.generation(), 0));
        assertThat(rig.link("s", "x/b").acked()).isEqualTo(b);
        isIn(State.WAKING, "s");
        Wake wake = rig.claim("s", "w");
        assertThat(wake.links()).extracting(StreamLink::path).containsExactly("x/a");
        rig.seek("s", "x/a", a);
        assertThat(SubscriptionsRig.refused(() -> rig.ack(wake, true, tails(wake))))
                .isEqualTo(io.streamkeeper.protocol.ErrorCode.FENCED);
        isIn(State.IDLE, "s");
    }
}
