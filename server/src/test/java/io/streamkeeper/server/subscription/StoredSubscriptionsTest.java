package io.streamkeeper.server.subscription;

import static io.streamkeeper.server.subscription.SubscriptionsRig.LEASE;
import static io.streamkeeper.server.subscription.SubscriptionsRig.eventually;
import static io.streamkeeper.server.subscription.SubscriptionsRig.pull;
import static io.streamkeeper.server.subscription.SubscriptionsRig.refused;
import static io.streamkeeper.server.subscription.SubscriptionsRig.result;
import static io.streamkeeper.server.subscription.SubscriptionsRig.tails;
import static io.streamkeeper.server.subscription.SubscriptionsRig.webhook;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shard;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions: creation, membership, views and deletion. */
class StoredSubscriptionsTest {
    private final SubscriptionsRig rig;

    StoredSubscriptionsTest() throws IOException {
        rig = new SubscriptionsRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void itIsCreatedOnceAndConfirmedAndFoundAfterARestart() {
        Offset tail = rig.create("events/a", "1", "2");
        rig.create("other/a", "1");
        assertThat(rig.put("s", webhook("events/*", "manual/x")).isNew()).isTrue();
        Subscriptions.Put again = rig.put("s", webhook("events/*", "manual/x"));
        assertThat(again.isNew()).isFalse();
        assertThat(refused(() -> rig.put("s", webhook("events/**")))).isEqualTo(ErrorCode.SUBSCRIPTION_EXISTS);
        assertThat(again.subscription().links())
                .containsExactly(
                        new StreamLink("events/a", false, tail, tail),
                        new StreamLink("manual/x", true, Offset.ZERO, Offset.ZERO));
        rig.restart();
        assertThat(rig.get("s")).isEqualTo(again.subscription());
        assertThat(rig.put("s", webhook("events/*", "manual/x")).isNew()).isFalse();
        assertThat(rig.deliveries.sent()).isEmpty();
    }

    @Test
    void whatIsDeletedStaysDeleted() {
        rig.create("a", "1");
        rig.put("s", webhook("*"));
        assertThat(rig.deleted("s")).isTrue();
        assertThat(rig.deleted("s")).isFalse();
        assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.SUBSCRIPTION_NOT_FOUND);
        rig.append("a", "2");
        rig.restart();
        assertThat(refused(() -> rig.get("s"))).isEqualTo(ErrorCode.SUBSCRIPTION_NOT_FOUND);
        assertThat(rig.armedCount()).isZero();
        assertThat(rig.put("s", webhook("*")).isNew()).isTrue();
    }

    @Test
    void subscriptionsAreListedInTheOrderOfTheirIds() {
        for (int i = 0; i < 7; i++) {
            rig.put("s" + i, webhook("x/" + i));
        }
        Subscriptions.Page first = result(then -> rig.subscriptions().list("", null, 4, then));
        assertThat(first.subscriptions()).extracting(SubscriptionView::id).containsExactly("s0", "s1", "s2", "s3");
        Subscriptions.Page second = result(then -> rig.subscriptions().list("", first.next(), 4, then));
        assertThat(second.subscriptions()).extracting(SubscriptionView::id).containsExactly("s4", "s5", "s6");
        assertThat(second.next()).isNull();
    }

    @Test
    void streamsAreAddedAndRemovedByName() {
        Offset tail = rig.create("b", "1");
        rig.put("s", webhook("*/glob", "a"));
        rig.create("x/glob");
        List<StreamPath> added = List.of(new StreamPath("b"), new StreamPath("x/glob"), new StreamPath("a"));
        assertThat(rig.add("s", added)).isTrue();
        eventually(() -> assertThat(rig.get("s").links())
                .extracting(StreamLink::path, StreamLink::isExplicit)
                .containsExactly(tuple("a", true), tuple("b", true), tuple("x/glob", true)));
        assertThat(rig.link("s", "b").acked()).isEqualTo(tail);
        for (String path : List.of("b", "x/glob", "none")) {
            rig.remove("s", path);
        }
        rig.restart();
        eventually(() -> assertThat(rig.get("s").links())
                .extracting(StreamLink::path, StreamLink::isExplicit)
                .containsExactly(tuple("a", true), tuple("x/glob", false)));
    }

    /** The shard of the stream creates it before it has received that its name was removed, and reports it after that. */
    @Test
    void aStreamThatIsCreatedWhileItsNameIsRemovedIsNotLinked() throws InterruptedException {
        Shard home = rig.shards().of(SubscriptionPaths.logOf("s"));
        int i = 0;
        while (rig.shards().of(new StreamPath("named" + i)).loop() == home.loop()) {
            i++;
        }
        StreamPath path = new StreamPath("named" + i);
        Shard shard = rig.shards().of(path);
        rig.put("s", webhook(null, path.value(), "other"));
        CountDownLatch queued = new CountDownLatch(1);
        CountDownLatch staged = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        CompletableFuture<Outcome> created = new CompletableFuture<>();
        shard.loop().submit(() -> {
            queued.await();
            return null;
        });
        shard.execute(SubscriptionsRig.creation(Retention.none(), path.value(), "1"), 1 << 20, created::complete);
        shard.loop().submit(() -> {
            staged.countDown();
            removed.await();
            return null;
        });
        queued.countDown();
        staged.await();
        rig.remove("s", path.value());
        removed.countDown();
        assertThat(created.join()).isInstanceOf(Outcome.Created.class);
        rig.settle();
        assertThat(rig.get("s").links()).extracting(StreamLink::path).containsExactly("other");
    }

    // ---- webhooks ----

    @Test
    void aWebhookThatIsDoneAcknowledgesItsSnapshot() {
        rig.put("s", webhook("events/*"));
        Offset first = rig.create("events/a", "1");
        ScriptedDeliveries.Sent sent = rig.sent(0);
        assertThat(sent.url()).isEqualTo(SubscriptionsRig.URL);
        assertThat(sent.wake().generation()).isEqualTo(1);
        assertThat(sent.wake().links())
                .containsExactly(new StreamLink("events/a", false, new Offset(first.generation(), 0), first));
        Offset second = rig.append("events/a", "2");
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
        sent.done();
        Wake next = rig.sent(1).wake();
        assertThat(next.links()).containsExactly(new StreamLink("events/a", false, first, second));
        assertThat(next.generation()).isEqualTo(2);
        rig.sent(1).done();
        eventually(() -> assertThat(rig.link("s", "events/a").acked()).isEqualTo(second));
        rig.restart();
        assertThat(rig.link("s", "events/a").acked()).isEqualTo(second);
        assertThat(rig.deliveries.sent()).hasSize(2);
    }

    @Test
    void aCallbackAcknowledgesAndFencesWhatComesAfterIt() {
        rig.put("s", webhook("events/*"));
        rig.create("events/a", "1");
        ScriptedDeliveries.Sent sent = rig.sent(0);
        sent.answer(new Deliveries.Result.Accepted(false));
        Wake wake = sent.wake();
        assertThat(rig.callback(wake, false, Map.of())).isFalse();
        assertThat(rig.callback(wake, true, tails(wake))).isFalse();
        assertThat(refused(() -> rig.callback(wake, true, tails(wake)))).isEqualTo(ErrorCode.FENCED);
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
        assertThat(rig.time.timers()).isZero();
    }

    @Test
    void aFailedDeliveryIsRepeatedAsItWasAndALapsedOneIsANewWake() {
        rig.put("s", webhook("events/*"));
        rig.create("events/a", "1");
        Wake wake = rig.sent(0).wake();
        rig.sent(0).fail();
        eventually(() -> assertThat(rig.get("s").isFailing()).isTrue());
        rig.append("events/a", "2");
        rig.settle();
        assertThat(rig.deliveries.sent()).hasSize(1);
        rig.time.advance(1_300);
        assertThat(rig.sent(1).wake().id()).isEqualTo(wake.id());
        assertThat(rig.sent(1).wake().links()).isEqualTo(wake.links());
        rig.time.advance(LEASE);
        eventually(() -> assertThat(rig.get("s").lastError()).contains("lease"));
        assertThat(rig.sent(1).isCancelled()).isTrue();
        rig.time.advance(2_500);
        assertThat(rig.sent(2).wake().generation()).isEqualTo(2);
        rig.sent(2).done();
        eventually(() -> assertThat(rig.get("s").isFailing()).isFalse());
        assertThat(rig.get("s").links()).noneMatch(StreamLink::hasPending);
    }

    // ---- pull-wake ----

    @Test
    void workersRaceForAWake() {
        rig.create("wake/pool");
        rig.put("s", pull("events/*", "wake/pool"));
        Offset tail = rig.create("events/a", "1");
        eventually(() -> assertThat(rig.read("wake/pool"))
                .contains("\"subscription_id\":\"s\",\"stream\":\"events/a\",\"generation\":1"));
        Wake wake = rig.claim("s", "one");
        ClaimResult other = result(then -> rig.subscriptions().claim("s", "two", then));
        assertThat(other).isEqualTo(new ClaimResult.Held("one", 1));
        assertThat(wake.links()).extracting(StreamLink::tail).containsExactly(tail);
        assertThat(rig.get("s").holder()).isEqualTo("one");
        assertThat(rig.ack(wake, true, tails(wake))).isFalse();
        assertThat(refused(() -> rig.claim("s", "two"))).isEqualTo(ErrorCode.NO_PENDING_WORK);

        rig.append("events/a", "2");
        Wake second = rig.claim("s", "two");
        assertThat(second.generation()).isEqualTo(2);
        assertThat(rig.release(second)).isTrue();
        eventually(() -> assertThat(rig.read("wake/pool")).contains("\"generation\":3"));
        assertThat(refused(() -> rig.ack(second, true, tails(second)))).isEqualTo(ErrorCode.FENCED);
    }
}
