package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.LimitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccountTableTest {
    private static final int ACCOUNTS = 100;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final LimitSet LIMITS = LimitSet.NONE.with(List.of("requests=10/1s"), LimitSet.OF_ADDRESSES);

    private final AccountTable table = new AccountTable(Account.Kind.CLIENT, ACCOUNTS, key -> LIMITS, LIMITS, 0);

    private static Meter meter(Account account) {
        Meter meter = account.meters().requests();
        if (meter == null) {
            throw new AssertionError("no meter");
        }
        return meter;
    }

    private long spend(String key, long nowNanos) {
        Account account = table.retain(key, nowNanos);
        long taken = 0;
        while (meter(account).tryTake(1, nowNanos)) {
            taken++;
        }
        account.release();
        return taken;
    }

    @Test
    void aKeyKeepsItsAccountBetweenItsConnections() {
        assertThat(spend("a", 0)).isEqualTo(10);
        assertThat(spend("a", 0)).isZero();
        assertThat(spend("b", 0)).isEqualTo(10);
    }

    @Test
    void aMillionAddressesTakeNoMoreThanTheTableAndTheSpareAccountsAllow() {
        long taken = 0;
        for (int i = 0; i < 1_000_000; i++) {
            taken += spend("address " + i, 0);
        }

        assertThat(table.size()).isEqualTo(ACCOUNTS);
        assertThat(taken).isEqualTo((ACCOUNTS + AccountTable.SPARE_ACCOUNTS) * 10L);
    }

    @Test
    void anAccountThatIsFullAgainGivesUpItsPlace() {
        for (int i = 0; i < ACCOUNTS; i++) {
            spend("old " + i, 0);
        }
        assertThat(table.retain("new", SECOND / 2).key()).startsWith("others");

        assertThat(table.retain("new", 2 * SECOND).key()).isEqualTo("new");
        assertThat(table.size()).isEqualTo(ACCOUNTS);
    }

    @Test
    void anAccountInUseIsNotEvicted() {
        Set<Account> used = new HashSet<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            used.add(table.retain("used " + i, 0));
        }
        for (int i = 0; i < 10 * ACCOUNTS; i++) {
            table.retain("new " + i, 0).release();
        }
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(used).contains(table.retain("used " + i, 0));
        }
    }

    @Test
    void newLimitsApplyToTheAccountsThatHaveOthers() {
        assertThat(spend("a", 0)).isEqualTo(10);
        assertThat(spend("b", 0)).isEqualTo(10);
        LimitSet more = LimitSet.NONE.with(List.of("requests=20/1s"), LimitSet.OF_ADDRESSES);

        table.limit(key -> key.equals("a") ? more : LIMITS, LIMITS, 0);

        assertThat(spend("a", 0)).isEqualTo(20);
        assertThat(spend("b", 0)).isZero();
    }
}
