package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.limit.SubscriptionQuotas.Payer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SubscriptionQuotasTest {
    private static final Payer ACME = new Payer(true, "tenants/acme");
    private static final Payer ALICE = new Payer(false, "alice");

    private final LimitsConfig config = ServerConfig.builder()
            .limits(limits ->
                    limits.client("subscriptions=2").tenant("subscriptions=1").tenants("tenants/*"))
            .build()
            .limits();
    private final AtomicReference<LimitRules> rules = new AtomicReference<>(LimitRules.parse(List.of(), config));
    private final SubscriptionQuotas quotas = new SubscriptionQuotas(rules::get, config.tenantPattern());

    @Test
    void aSubscriptionCountsForItsClientAndTheTenantsInItsPaths() {
        assertThat(quotas.payers("alice", List.of("tenants/acme", "tenants/acme/a", "tenants", "other/x")))
                .containsExactlyInAnyOrder(ALICE, ACME);
        assertThat(quotas.payers(null, List.of())).isEmpty();
    }

    @Test
    void oneTooManyIsRefusedAndCountsForNobody() {
        assertThat(quotas.take(Set.of(ACME))).isNull();
        Refusal refusal = quotas.take(Set.of(ALICE, ACME));
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.SUBSCRIPTION_LIMIT);
        assertThat(refusal.message())
                .isEqualTo("tenant \"tenants/acme\" has 1 subscriptions, of at most 1; delete some");
        assertThat(quotas.take(Set.of(ALICE))).isNull();
        assertThat(quotas.take(Set.of(ALICE)))
                .as("the refused one did not count")
                .isNull();
        assertThat(quotas.take(Set.of(ALICE))).isNotNull();
        quotas.give(Set.of(ACME));
        quotas.give(Set.of(ALICE));
        assertThat(quotas.take(Set.of(ALICE, ACME))).isNull();
    }

    @Test
    void whatExistsCountsBeyondALimitThatWasLowered() {
        quotas.takeExisting(Set.of(ACME));
        quotas.takeExisting(Set.of(ACME));
        assertThat(quotas.take(Set.of(ACME))).isNotNull();
        rules.set(LimitRules.parse(List.of("tenant tenants/acme subscriptions=3"), config));
        assertThat(quotas.take(Set.of(ACME))).isNull();
        assertThat(quotas.take(Set.of(ACME))).isNotNull();
        rules.set(LimitRules.parse(List.of("tenant * subscriptions=none"), config));
        assertThat(quotas.take(Set.of(ACME))).isNull();
    }
}
