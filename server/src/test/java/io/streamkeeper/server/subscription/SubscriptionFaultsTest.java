package io.streamkeeper.server.subscription;

import static io.streamkeeper.server.subscription.SubscriptionsRig.LEASE;
import static io.streamkeeper.server.subscription.SubscriptionsRig.eventually;
import static io.streamkeeper.server.subscription.SubscriptionsRig.pull;
import static io.streamkeeper.server.subscription.SubscriptionsRig.refused;
import static io.streamkeeper.server.subscription.SubscriptionsRig.tails;
import static io.streamkeeper.server.subscription.SubscriptionsRig.webhook;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions that lack room, whose wakes are lost, and whose workers name wrong places. */
class SubscriptionFaultsTest {
    private static final long MINUTE = TimeUnit.MINUTES.toMillis(1);

    private static final Retention LAST_MESSAGE = new Retention(Retention.UNBOUNDED, Retention.UNBOUNDED, 1);

    private final SubscriptionsRig rig;

    SubscriptionFaultsTest() throws IOException {
        rig = new SubscriptionsRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @LogsFaults("does not follow all its streams")
    void cursorsOfStreamsThatAreNotLinkedForLackOfRoomAreKept() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        Map<String, Offset> acked = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            acked.put("x/" + i, rig.create("x/" + i, "1"));
        }
        Wake all = rig.claim("s", "w");
        assertThat(all.links()).hasSize(4);
        rig.ack(all, true, tails(all));
        rig.restart(new SubscriptionLimits(2, 1));
        String linked = rig.get("s").links().get(0).path();
        for (int i = 0; i < 250; i++) {
            // Each time other streams are looked for, and sometimes a snapshot is written meanwhile.
            rig.time.advance(MINUTE + 1);
            acked.put(linked, rig.append(linked, "1"));
            Wake wake = rig.claim("s", "w");
            rig.ack(wake, true, tails(wake));
        }
        rig.restart(new SubscriptionLimits(2, 10));
        acked.forEach((path, offset) ->
                assertThat(rig.link("s", path).acked()).as(path).isEqualTo(offset));
    }

    @Test
    void whyAnAttemptFailedIsVisibleUntilOneSucceeds() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0).fail();
        eventually(() -> assertThat(rig.get("s").isFailing()).isTrue());
        rig.time.advance(1_200);
        rig.sent(1).answer(new Deliveries.Result.Accepted(false));
        rig.settle();
        assertThat(rig.get("s").isFailing()).isTrue();
        assertThat(rig.get("s").lastError()).isEqualTo("status 500");
        assertThat(rig.get("s").nextAttemptMillis()).isZero();
        rig.callback(rig.sent(1).wake(), true, tails(rig.sent(1).wake()));
        assertThat(rig.get("s").isFailing()).isFalse();
        assertThat(rig.get("s").lastError()).isNull();
    }

    @Test
    void nothingIsSentBeforeTheWakeIsDurable() {
        rig.put("s", webhook("*"));
        rig.unreadable.add("a");
        rig.create("a", "1");
        rig.settle();
        rig.stores.full(true);
        rig.unreadable.clear();
        rig.subscriptions().rightsChanged();
        rig.settle();
        assertThat(rig.deliveries.sent()).isEmpty();
        rig.stores.full(false);
        rig.time.advance(1_000);
        assertThat(rig.sent(0).wake().generation()).isEqualTo(1);
    }

    @Test
    void anAnswerToAWakeThatHasEndedAcknowledgesNothing() {
        rig.put("s", webhook("*"));
        Offset first = rig.create("a", "1");
        Wake ended = rig.sent(0).wake();
        rig.callback(ended, true, tails(ended));
        rig.sent(0).done();
        rig.settle();
        rig.append("a", "2");
        assertThat(rig.sent(1).wake().generation()).isEqualTo(2);
        assertThat(rig.link("s", "a").acked()).isEqualTo(first);
    }

    @Test
    void aTokenOfALeaseThatHasEndedIsRefusedWhileTheEndCannotBeRecorded() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        rig.create("x/a", "1");
        Wake wake = rig.claim("s", "w");
        rig.stores.full(true);
        rig.time.advance(LEASE);
        rig.settle();
        assertThat(refused(() -> rig.ack(wake, true, tails(wake)))).isEqualTo(ErrorCode.WAKE_TOKEN_EXPIRED);
    }

    @Test
    void aLogIsTrimmedOnlyWhenTheSnapshotIsThere() {
        rig.create("wake");
        rig.create("a");
        rig.put("s", pull(null, "wake", "a"));
        rig.stores.fullAfterTrim();
        while (!rig.stores.isFull()) {
            work();
        }
        rig.stores.full(false);
        StreamLink link = rig.link("s", "a");
        rig.restart();
        assertThat(rig.link("s", "a")).isEqualTo(link);
    }

    /** An append is processed, as far as the disk has room. */
    private void work() {
        rig.execute(SubscriptionsRig.appending("a", "1"));
        try {
            Wake wake = rig.claim("s", "w");
            rig.ack(wake, true, tails(wake));
        } catch (RefusedException e) {
            assertThat(e.refusal().code()).isIn(ErrorCode.STORAGE_FULL, ErrorCode.NO_PENDING_WORK);
        }
    }

    @Test
    void theLogIsReadAgainWhenTheFateOfAnEventIsNotKnown() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        ScriptedDeliveries.Sent first = rig.sent(0);
        rig.stores.losesAppends(true);
        first.done();
        eventually(() -> assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.OVERLOADED));
        rig.stores.losesAppends(false);
        rig.time.advance(1_000);
        assertThat(rig.sent(1).wake()).isEqualTo(first.wake());
        rig.sent(1).done();
        eventually(() -> assertThat(rig.link("s", "a").hasPending()).isFalse());
    }

    @Test
    void existingStreamsOfAllShardsAreLinkedAtTheirEnds() {
        Map<String, Offset> tails = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            tails.put("x/" + i, rig.create("x/" + i, "1"));
        }
        rig.put("s", webhook("x/*"));
        for (int restarts = 0; restarts < 2; restarts++) {
            assertThat(rig.get("s").links()).hasSize(12);
            tails.forEach(
                    (path, tail) -> assertThat(rig.link("s", path)).isEqualTo(new StreamLink(path, false, tail, tail)));
            rig.restart();
        }
        rig.settle();
        assertThat(rig.deliveries.sent()).isEmpty();
    }

    // ---- unclaimed wakes ----

    private void awaitWakes(int count) {
        eventually(() ->
                assertThat(rig.read("wake").split("\"generation\":1,", -1)).hasSize(count + 1));
        rig.settle();
    }

    @Test
    void aWakeThatNobodyClaimsIsWrittenAgain() {
        rig.create("wake");
        rig.put("s", pull("a/*", "wake"));
        rig.create("a/1", "1");
        awaitWakes(1);
        rig.time.advance(MINUTE);
        awaitWakes(2);
        rig.time.advance(MINUTE);
        rig.settle();
        awaitWakes(2);
        rig.delete("wake");
        rig.create("wake");
        rig.time.advance(MINUTE);
        awaitWakes(1);
        Wake wake = rig.claim("s", "w");
        rig.time.advance(LEASE - 1);
        rig.ack(wake, true, tails(wake));
        rig.time.advance(10 * MINUTE);
        rig.settle();
        awaitWakes(1);
        assertThat(rig.get("s").generation()).isEqualTo(1);
    }

    // ---- retention ----

    @Test
    void whatRetentionHasDroppedIsNeitherDeliveredNorLag() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        Offset first = rig.create(LAST_MESSAGE, "x/a", "1");
        Offset second = rig.append("x/a", "2");
        Offset tail = rig.append("x/a", "3");
        assertThat(rig.link("s", "x/a")).isEqualTo(new StreamLink("x/a", false, second, tail));
        Wake wake = rig.claim("s", "w");
        assertThat(wake.links()).containsExactly(new StreamLink("x/a", false, second, tail));
        eventually(() -> assertThat(rig.get("s").lag().bytes()).isEqualTo(tail.position() - second.position()));
        rig.restart();
        assertThat(rig.get("s").lag().bytes()).isEqualTo(tail.position() - second.position());
        assertThat(rig.ack(wake, false, Map.of(new StreamPath("x/a"), first)))
                .as("a worker that has read it before")
                .isFalse();
        assertThat(rig.link("s", "x/a").acked()).isEqualTo(second);
        rig.ack(wake, true, tails(wake));
        assertThat(rig.link("s", "x/a").hasPending()).isFalse();
    }

    @Test
    void aStreamOfWhichNothingIsKeptIsNotPending() {
        rig.put("s", webhook("*"));
        rig.unreadable.add("a");
        rig.create(LAST_MESSAGE, "a", "1");
        Offset dropped = rig.append("a", "2");
        rig.settle();
        rig.trim("a", dropped);
        rig.unreadable.clear();
        rig.subscriptions().rightsChanged();
        rig.settle();
        assertThat(rig.get("s").lag()).isEqualTo(Lag.NONE);
        assertThat(rig.deliveries.sent()).isEmpty();
        Offset tail = rig.append("a", "3");
        assertThat(rig.sent(0).wake().links()).containsExactly(new StreamLink("a", false, dropped, tail));
    }

    @Test
    void noWakeIsAnnouncedForWhatTheOwnerMayNotReadAnyMore() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        rig.create("x/a", "1");
        rig.create("x/b", "1");
        eventually(() -> assertThat(rig.get("s").lag().links()).isEqualTo(2));
        Wake wake = rig.claim("s", "w");
        rig.append("x/b", "2");
        eventually(() -> assertThat(rig.link("s", "x/b").tail())
                .isGreaterThan(tails(wake).get(new StreamPath("x/b"))));
        rig.settle();
        assertThat(rig.release(wake)).isTrue();
        Wake second = rig.claim("s", "w");
        rig.unreadable.add("x/b");
        assertThat(rig.ack(
                        second,
                        true,
                        Map.of(new StreamPath("x/a"), tails(second).get(new StreamPath("x/a")))))
                .isFalse();
        rig.unreadable.clear();
        rig.subscriptions().rightsChanged();
        eventually(() -> assertThat(rig.claim("s", "w").links())
                .singleElement()
                .matches(link -> link.path().equals("x/b")));
    }

    // ---- places ----

    @Test
    void anOffsetBeforeTheCursorIsRefused() {
        rig.create("wake");
        rig.put("s", pull("a/*", "wake"));
        StreamPath path = new StreamPath("a/1");
        Offset first = rig.create("a/1", "1");
        Offset second = rig.append("a/1", "2");
        rig.append("a/1", "3");
        Wake wake = rig.claim("s", "w");
        rig.ack(wake, false, Map.of(path, second));
        assertThat(refused(() -> rig.ack(wake, true, Map.of(path, first)))).isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(rig.link("s", "a/1").acked()).isEqualTo(second);
    }

    @Test
    void anOffsetInsideAMessageIsRefused() {
        rig.create("wake");
        rig.put("s", pull("a/*", "wake"));
        rig.create("a/1", "1234567");
        rig.append("a/1", "2", "3");
        Wake wake = rig.claim("s", "w");
        Offset tail = wake.links().get(0).tail();
        Offset inside = new Offset(tail.generation(), 3);
        Offset between = new Offset(tail.generation(), 8);
        StreamPath path = new StreamPath("a/1");
        assertThat(refused(() -> rig.ack(wake, false, Map.of(path, inside)))).isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(rig.link("s", "a/1").acked().position()).isZero();
        assertThat(rig.ack(wake, false, Map.of(path, between))).isFalse();
        assertThat(rig.link("s", "a/1").acked()).isEqualTo(between);
        assertThat(refused(() -> rig.seek("s", "a/1", inside))).isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(rig.ack(wake, true, Map.of(path, tail))).isFalse();
    }
}
