package io.streamkeeper.server.http.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.subscription.LinkRange;
import io.streamkeeper.server.subscription.ScriptedSubscriptions;
import io.streamkeeper.server.subscription.StreamLink;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.WebhookKeys;
import io.streamkeeper.storage.memory.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The heap of many links is reserved until the client has received them. */
class ViewAnswersTest {
    private static final int LINKS = 1_000;
    private static final SubscriptionSpec SPEC =
            new SubscriptionSpec(SubscriptionSpec.Kind.WEBHOOK, null, List.of(), "https://a/", null, 1_000, null);

    private final ScriptedSubscriptions subscriptions = new ScriptedSubscriptions();
    private final Budget heap = new Budget("links", 3 * LINKS * ViewAnswers.LINK_BYTES / 2);
    private final List<Answer> answers = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final ViewAnswers described =
            new ViewAnswers(subscriptions, new ViewJson(new Keys(), () -> "http://a/"), heap);

    private record Keys() implements WebhookKeys {
        @Override
        public CompletableFuture<Void> prepare(Executor workers) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public String activeKid() {
            return "k";
        }

        @Override
        public String jwkSet() {
            return "{}";
        }
    }

    /** Receives the answers. */
    private final class Receiver implements Answering {
        @Override
        public void accept(Answer answer) {
            answers.add(answer);
        }

        @Override
        public void refuse(Refusal refusal) {
            refusals.add(refusal);
        }

        @Override
        public Principal principal() {
            return null;
        }
    }

    private static SubscriptionView view() {
        List<StreamLink> links = IntStream.range(0, LINKS)
                .mapToObj(i -> new StreamLink("events/" + i, false, Offset.ZERO, Offset.ZERO))
                .toList();
        return ScriptedSubscriptions.view("s", SPEC, links);
    }

    private static SubscriptionView first() {
        return view().withLinks(view().links().subList(0, 100), "events/99");
    }

    private void ask(LinkRange range) {
        described.answer(200, "s", range, new Receiver());
    }

    private static int read(Answer answer) {
        int bytes = 0;
        for (ByteBuf piece = answer.pieces().next(UnpooledByteBufAllocator.DEFAULT);
                piece != null;
                piece = answer.pieces().next(UnpooledByteBufAllocator.DEFAULT)) {
            bytes += piece.readableBytes();
            piece.release();
        }
        return bytes;
    }

    @Test
    void manyLinksHoldHeapUntilTheAnswerIsClosed() {
        subscriptions.answers(first()).answers(view());
        ask(LinkRange.ALL);
        assertThat(heap.usedBytes()).isEqualTo(LINKS * ViewAnswers.LINK_BYTES);

        subscriptions.answers(first());
        ask(LinkRange.ALL);
        assertThat(refusals).extracting(Refusal::code).containsExactly(ErrorCode.OVERLOADED);

        assertThat(read(answers.get(0))).isGreaterThan(LINKS * 100);
        assertThat(heap.usedBytes()).isEqualTo(LINKS * ViewAnswers.LINK_BYTES);
        answers.get(0).release();
        assertThat(heap.usedBytes()).isZero();
    }

    @Test
    void aRefusalReleasesTheHeap() {
        subscriptions.answers(first()).answers(Refusal.of(ErrorCode.SUBSCRIPTION_NOT_FOUND, "it was deleted"));
        ask(LinkRange.ALL);
        assertThat(refusals).extracting(Refusal::code).containsExactly(ErrorCode.SUBSCRIPTION_NOT_FOUND);
        assertThat(heap.usedBytes()).isZero();
    }

    @Test
    void aPageTakesNoHeapButItsOwn() {
        subscriptions.answers(first());
        ask(new LinkRange(null, 100, false));
        assertThat(subscriptions.calls()).hasSize(1);
        assertThat(answers.get(0).body()).isNotNull();
        assertThat(heap.usedBytes()).isZero();
        answers.get(0).release();
    }
}
