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
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions after restarts, faults, and changes of what they follow. */
class SubscriptionRecoveryTest {
    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    private final SubscriptionsRig rig;

    SubscriptionRecoveryTest() throws IOException {
        rig = new SubscriptionsRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<StreamPath, Offset> ack(String path, Offset offset) {
        return Map.of(new StreamPath(path), offset);
    }

    // ---- restarts ----

    @Test
    void aDeliveryThatARestartInterruptsIsRepeatedAsItWas() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        ScriptedDeliveries.Sent first = rig.sent(0);
        rig.append("a", "2");
        rig.restart();
        ScriptedDeliveries.Sent second = rig.sent(1);
        assertThat(second.wake().id()).isEqualTo(first.wake().id());
        assertThat(second.wake().generation()).isEqualTo(1);
        assertThat(second.wake().links()).isEqualTo(first.wake().links());
        first.done();
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(2);
        second.done();
        assertThat(rig.sent(2).wake().generation()).isEqualTo(2);
    }

    @Test
    void eachOfManySubscriptionsContinuesAfterARestart() {
        int count = 450;
        for (int i = 0; i < count; i++) {
            rig.put("s" + i, webhook("a"));
        }
        rig.create("a", "1");
        eventually(() -> assertThat(rig.deliveries.sent()).hasSize(count));
        rig.restart();
        eventually(() -> assertThat(rig.deliveries.sent()).hasSize(2 * count));
        assertThat(rig.deliveries.sent().subList(count, 2 * count).stream()
                        .map(sent -> sent.wake().subscription())
                        .distinct())
                .hasSize(count);
    }

    @Test
    void aLeaseSurvivesARestart() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0).answer(new Deliveries.Result.Accepted(false));
        Wake wake = rig.sent(0).wake();
        assertThat(rig.callback(wake, false, Map.of())).isFalse();
        rig.restart();
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
        rig.time.advance(LEASE / 2);
        assertThat(rig.callback(wake, false, tails(wake))).isFalse();
        rig.time.advance(LEASE - 1);
        assertThat(rig.callback(wake, true, Map.of())).isFalse();
        rig.time.advance(LEASE);
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
    }

    @Test
    void aBackOffSurvivesARestart() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0).answer(new Deliveries.Result.Failed("status 503", 20_000));
        eventually(() -> assertThat(rig.get("s").nextAttemptMillis()).isEqualTo(rig.time.nowMillis() + 20_000));
        rig.restart();
        rig.settle();
        assertThat(rig.get("s").lastError()).isEqualTo("status 503");
        rig.time.advance(19_999);
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
        rig.time.advance(1);
        assertThat(rig.sent(1).wake().id()).isEqualTo(rig.sent(0).wake().id());
        rig.sent(1).answer(new Deliveries.Result.Failed("status 503", DAY));
        eventually(() -> assertThat(rig.get("s").nextAttemptMillis()).isEqualTo(rig.time.nowMillis() + 300_000));
    }

    @Test
    void aClockThatIsSetHoldsNothingBack() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0).answer(new Deliveries.Result.Accepted(false));
        Wake wake = rig.sent(0).wake();
        rig.time.setWallClock(DAY);
        assertThat(rig.callback(wake, false, Map.of()))
                .as("a jump ends no lease")
                .isFalse();
        rig.time.setWallClock(-2 * DAY);
        assertThat(rig.get("s").leaseUntilMillis()).isEqualTo(rig.time.nowMillis() + LEASE);
        rig.restart();
        rig.settle();
        rig.time.advance(LEASE);
        eventually(() -> assertThat(rig.get("s").isFailing()).isTrue());
        assertThat(refused(() -> rig.callback(wake, true, tails(wake)))).isEqualTo(ErrorCode.FENCED);
        rig.time.setWallClock(-DAY);
        assertThat(rig.get("s").nextAttemptMillis())
                .isBetween(rig.time.nowMillis() + 800, rig.time.nowMillis() + 1_200);
        rig.restart();
        rig.settle();
        rig.time.advance(1_200);
        assertThat(rig.sent(1).wake().generation()).isEqualTo(2);
    }

    @Test
    void anUnclaimedWakeIsWrittenAgainAndAClaimSurvives() {
        rig.create("wake");
        rig.put("s", pull("a/*", "wake"));
        rig.create("a/1", "1");
        eventually(() -> assertThat(rig.read("wake")).contains("\"generation\":1"));
        rig.restart();
        eventually(
                () -> assertThat(rig.read("wake").split("\"generation\":1", -1)).hasSize(3));
        Wake wake = rig.claim("s", "one");
        rig.restart();
        assertThat(rig.get("s").holder()).isEqualTo("one");
        rig.time.advance(LEASE);
        eventually(() -> assertThat(rig.read("wake")).contains("\"generation\":2"));
        assertThat(refused(() -> rig.ack(wake, true, tails(wake)))).isEqualTo(ErrorCode.FENCED);
    }

    @Test
    void aPatternThatIsTooLongNowStillMatches() {
        Glob pattern = new Glob(Collections.nCopies(Glob.SEGMENTS_MAX + 8, "a"));
        assertThat(refused(() -> Glob.parse(pattern.toString()))).isEqualTo(ErrorCode.SUBSCRIPTION_INVALID);
        rig.put(
                "s",
                new SubscriptionSpec(
                        SubscriptionSpec.Kind.WEBHOOK, pattern, List.of(), SubscriptionsRig.URL, null, LEASE, null));
        rig.restart();
        assertThat(rig.get("s").spec().pattern()).isEqualTo(pattern);
        rig.create(pattern.toString(), "1");
        assertThat(rig.sent(0).wake().links()).extracting(StreamLink::path).containsExactly(pattern.toString());
    }

    // ---- faults ----

    @Test
    @LogsFaults("cannot be read")
    void aLogThatCannotBeReadHoldsNoOtherSubscriptionBack() {
        rig.put("s", webhook("*"));
        rig.put("t", webhook("*"));
        rig.append("__ds/subscriptions/s", "{\"e\":\"of a newer server\"}");
        rig.restart();
        assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.INTERNAL_ERROR);
        rig.create("a", "1");
        assertThat(rig.sent(0).wake().subscription()).isEqualTo("t");
        assertThat(rig.deleted("s")).isTrue();
        assertThat(rig.put("s", webhook("*")).isNew()).isTrue();
    }

    private void failS() {
        rig.put("s", webhook("*"));
        rig.deliveries.broken(true);
        rig.create("a", "1");
        eventually(() -> assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.OVERLOADED));
        rig.deliveries.broken(false);
    }

    @Test
    @LogsFaults("has failed, and is read again")
    void oneThatHasFailedIsReadAgain() {
        failS();
        assertThat(refused(() -> rig.put("s", webhook("*")))).isEqualTo(ErrorCode.OVERLOADED);
        rig.time.advance(1_000);
        assertThat(rig.sent(0).wake().generation()).isEqualTo(1);
    }

    @Test
    @LogsFaults("has failed, and is read again")
    void oneThatHasFailedCanBeDeletedAndStaysDeleted() {
        failS();
        assertThat(rig.deleted("s")).isTrue();
        assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.SUBSCRIPTION_NOT_FOUND);
        rig.time.advance(1_000);
        rig.settle();
        rig.restart();
        assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.SUBSCRIPTION_NOT_FOUND);
    }

    @Test
    void oneThatIsBeingDeletedIsCreatedAfterThat() {
        for (int i = 0; i < 20; i++) {
            assertThat(rig.put("s", webhook("*")).isNew()).isTrue();
            rig.subscriptions().delete("s", Results.then(deleted -> {}, refusal -> {}));
            assertThat(rig.put("s", webhook("**")).isNew()).isTrue();
            assertThat(rig.deleted("s")).isTrue();
        }
    }

    @Test
    void anErrorStaysUntilAnAttemptSucceeds() {
        rig.put("s", webhook("*"));
        rig.create("a", "1");
        rig.sent(0).fail();
        eventually(() -> assertThat(rig.get("s").nextAttemptMillis()).isPositive());
        rig.time.advance(LEASE);
        assertThat(rig.sent(1).wake().generation()).isEqualTo(2);
        assertThat(rig.get("s").lastError()).isEqualTo("status 500");
        rig.restart();
        assertThat(rig.get("s").lastError()).isEqualTo("status 500");
        rig.sent(2).done();
        eventually(() -> assertThat(rig.get("s").lastError()).isNull());
    }

    @Test
    void whatAFullDiskRefusesIsDoneLater() {
        rig.put("s", webhook("*"));
        rig.create("a");
        rig.settle();
        Offset tail = rig.append("a", "1");
        Wake wake = rig.sent(0).wake();
        rig.stores.full(true);
        rig.sent(0).done();
        rig.settle();
        assertThat(refused(() -> rig.callback(wake, true, tails(wake)))).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(refused(() -> rig.put("t", webhook("*")))).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(refused(() -> rig.deleted("s"))).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(rig.link("s", "a").acked().position()).isZero();
        rig.stores.full(false);
        rig.time.advance(1_000);
        eventually(() -> assertThat(rig.link("s", "a").acked()).isEqualTo(tail));
        assertThat(rig.put("t", webhook("*")).isNew()).isTrue();
    }

    @Test
    void aWakeStreamThatIsMissingIsTriedAgain() {
        rig.put("s", pull("a/*", "wake"));
        rig.create("a/1", "1");
        eventually(() -> assertThat(rig.get("s").lastError()).contains("does not exist"));
        rig.create("wake");
        rig.time.advance(1_300);
        eventually(() -> assertThat(rig.read("wake")).contains("\"generation\":1"));
        eventually(() -> assertThat(rig.get("s").isFailing()).isFalse());
    }

    // ---- streams ----

    @Test
    void aStreamThatIsCreatedAgainIsFollowedFromItsBeginning() {
        rig.create("a", "1");
        rig.create("x/1", "1");
        rig.put("s", webhook("x/*", "a"));
        rig.delete("a");
        rig.delete("x/1");
        eventually(() ->
                assertThat(rig.get("s").links()).containsExactly(new StreamLink("a", true, Offset.ZERO, Offset.ZERO)));
        Offset a = rig.create("a", "2");
        assertThat(rig.sent(0).wake().links())
                .containsExactly(new StreamLink("a", true, new Offset(a.generation(), 0), a));
        rig.sent(0).done();
        Offset x = rig.create("x/1", "2");
        assertThat(rig.sent(1).wake().links())
                .containsExactly(new StreamLink("x/1", false, new Offset(x.generation(), 0), x));
        rig.delete("x/1");
        Offset again = rig.create("x/1", "3");
        rig.sent(1).done();
        assertThat(rig.sent(2).wake().links()).extracting(StreamLink::tail).containsExactly(again);
        rig.restart();
        assertThat(rig.sent(3).wake().links()).extracting(StreamLink::tail).containsExactly(again);
        assertThat(rig.link("s", "a").acked()).isEqualTo(a);
    }

    @Test
    void aStreamThatTheOwnerMayNotReadDoesNotWake() {
        rig.put("s", webhook("*"));
        rig.unreadable.add("a");
        rig.create("a", "1");
        rig.create("b", "1");
        assertThat(rig.sent(0).wake().links()).extracting(StreamLink::path).containsExactly("b");
        rig.sent(0).done();
        eventually(() ->
                assertThat(rig.get("s").links()).extracting(StreamLink::path).containsExactly("b"));
        rig.unreadable.clear();
        rig.subscriptions().rightsChanged();
        assertThat(rig.sent(1).wake().links()).extracting(StreamLink::path).containsExactly("a");
    }

    @Test
    void aCursorThatIsSetFencesTheWakeAndRepeatsWork() {
        rig.create("a", "1");
        Offset tail = rig.append("a", "2");
        rig.put("s", webhook("*"));
        rig.append("a", "3");
        Wake wake = rig.sent(0).wake();
        rig.seek("s", "a", new Offset(tail.generation(), 2));
        assertThat(refused(() -> rig.callback(wake, true, tails(wake)))).isEqualTo(ErrorCode.FENCED);
        assertThat(rig.sent(1).wake().links().get(0).acked().position()).isEqualTo(2);
        assertThat(refused(() -> rig.seek("s", "a", new Offset(tail.generation(), 100))))
                .isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
    }

    // ---- acknowledgements ----

    @Test
    void acknowledgementsAreAllAppliedOrNone() {
        rig.create("wake");
        rig.put("s", pull("x/*", "wake"));
        Offset a = rig.create("x/a", "1");
        Offset b = rig.create("x/b", "1");
        rig.settle();
        Wake wake = rig.claim("s", "w");
        assertThat(wake.links()).hasSize(2);
        Map<StreamPath, Offset> beyond =
                Map.of(new StreamPath("x/a"), a, new StreamPath("x/b"), new Offset(b.generation(), b.position() + 1));
        assertThat(refused(() -> rig.ack(wake, true, beyond))).isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(refused(() -> rig.ack(wake, true, Map.of(new StreamPath("x/a"), a, new StreamPath("y"), b))))
                .isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(rig.link("s", "x/a").acked().position()).isZero();
        assertThat(rig.ack(wake, false, ack("x/a", a))).isFalse();
        assertThat(rig.ack(wake, false, ack("x/a", a))).isFalse();
        assertThat(refused(() -> rig.ack(wake, false, ack("x/a", new Offset(a.generation(), 1)))))
                .isEqualTo(ErrorCode.ACK_OFFSET_INVALID);
        assertThat(rig.ack(wake, true, Map.of())).as("b is not acknowledged").isTrue();
    }

    @Test
    void theLogIsTrimmedAndReadTheSame() {
        rig.create("wake");
        Offset tail = rig.create("a");
        rig.put("s", pull(null, "wake", "a"));
        for (int i = 0; i < 300; i++) {
            Offset acked = tail;
            tail = rig.append("a", "1");
            Wake wake = rig.claim("s", "worker");
            assertThat(wake.links()).containsExactly(new StreamLink("a", true, acked, tail));
            rig.ack(wake, true, tails(wake));
        }
        assertThat(rig.read("__ds/subscriptions/s").length()).isLessThan(100_000);
        assertThat(rig.get("s").generation()).isEqualTo(300);
        rig.restart();
        assertThat(rig.get("s").generation()).isEqualTo(300);
        assertThat(rig.link("s", "a").acked()).isEqualTo(tail);
    }

    // ---- bounds ----

    @Test
    @LogsFaults("does not follow all its streams")
    void subscriptionsAndLinksAreBounded() {
        rig.restart(new SubscriptionLimits(2, 3));
        rig.put("s", webhook("x/*"));
        rig.put("t", webhook("y/*"));
        assertThat(refused(() -> rig.put("u", webhook("z/*")))).isEqualTo(ErrorCode.OVERLOADED);
        for (int i = 0; i < 4; i++) {
            rig.create("x/" + i, "1");
        }
        rig.settle();
        assertThat(refused(() -> rig.add("t", java.util.List.of(new StreamPath("q")))))
                .isEqualTo(ErrorCode.OVERLOADED);
        assertThat(rig.get("s").links()).hasSize(3);
        rig.delete("x/0");
        rig.time.advance(1_000);
        rig.settle();
        rig.time.advance(60_000);
        eventually(() -> {
            rig.time.advance(2_000);
            assertThat(rig.get("s").links()).hasSize(3);
            assertThat(rig.get("s").links()).extracting(StreamLink::path).doesNotContain("x/0");
        });
    }

    @Test
    void deliveriesWaitForRoom() {
        rig.deliveries.most(1);
        rig.put("s", webhook("a"));
        rig.put("t", webhook("b"));
        rig.create("a", "1");
        rig.sent(0);
        rig.create("b", "1");
        eventually(() -> assertThat(rig.subscriptions().figures().join().waitingDeliveries())
                .isEqualTo(1));
        rig.sent(0).done();
        rig.deliveries.most(2);
        assertThat(rig.sent(1).wake().subscription()).isEqualTo("t");
    }

    @Test
    void theLeaseOfAWakeThatWaitsForRoomDoesNotEnd() {
        rig.deliveries.most(0);
        rig.put("s", webhook("a"));
        rig.create("a", "1");
        eventually(() -> assertThat(rig.subscriptions().figures().join().waitingDeliveries())
                .isEqualTo(1));
        rig.time.advance(2 * LEASE);
        rig.settle();
        assertThat(rig.get("s").lastError()).isNull();
        assertThat(rig.time.timers()).isZero();
        rig.deliveries.most(1);
        assertThat(rig.sent(0).wake().generation()).isEqualTo(2);
        assertThat(rig.sent(0).timeoutMillis()).isEqualTo(LEASE);
        assertThat(rig.get("s").lastError()).isNull();
    }

    @Test
    void manySubscriptionsThatMatchNothingCostAppendsNothing() {
        for (int i = 0; i < 2_000; i++) {
            int number = i;
            rig.subscriptions()
                    .put(
                            "s" + i,
                            webhook("none/" + number + "/**/x/*"),
                            SubscriptionsRig.OWNER,
                            Results.then(put -> {}, refusal -> {}));
        }
        eventually(() ->
                assertThat(rig.subscriptions().figures().join().subscriptions()).isEqualTo(2_000));
        for (int i = 0; i < 50; i++) {
            rig.create("a/" + i, "1");
            rig.append("a/" + i, "2");
        }
        rig.settle();
        assertThat(rig.armedCount()).isZero();
        assertThat(rig.subscriptions().figures().join().links()).isZero();
        rig.restart();
        rig.create("none/7/y/z/x/1", "1");
        assertThat(rig.sent(0).wake().subscription()).isEqualTo("s7");
    }
}
