package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Webhooks take no more than the process can give. */
class WebhookBoundsTest {
    private static final long MUCH = 1L << 30;

    @Test
    void whatIsConfiguredHoldsWhereThereIsEnough() {
        int wanted = WebhookBounds.descriptorsWanted(256, 2);
        assertThat(wanted).isEqualTo(384);
        WebhookBounds bounds = WebhookBounds.of(256, wanted, MUCH, 2);
        assertThat(bounds).isEqualTo(new WebhookBounds(256, 64, 2));
        assertThat(bounds.descriptors()).isEqualTo(wanted);
    }

    @Test
    void fewDescriptorsAreDividedBetweenAttemptsAndConnectionsThatAreKept() {
        for (int descriptors = 2; descriptors < 400; descriptors++) {
            WebhookBounds bounds = WebhookBounds.of(256, descriptors, MUCH, 2);
            assertThat(bounds.deliveriesMax()).isPositive();
            assertThat(bounds.descriptors()).isLessThanOrEqualTo(descriptors);
        }
        assertThat(WebhookBounds.of(256, 20, MUCH, 2)).isEqualTo(new WebhookBounds(10, 5, 2));
    }

    @Test
    void eachAttemptHasTheHeapOfAnAnswer() {
        assertThat(WebhookBounds.of(256, 1_000, 4 << 20, 2).deliveriesMax()).isEqualTo(64);
        assertThat(WebhookBounds.of(256, 1_000, 0, 2).deliveriesMax()).isEqualTo(1);
    }
}
