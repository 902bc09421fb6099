package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.LimitSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The accounts of clients, or of tenants, by their keys. Safe for use by any thread; only a key without an account takes
 * a lock.
 *
 * <p>Anybody can send from many addresses, so the number of accounts is bounded (I7). When the table is full, a new key
 * takes the place of an account that equals a new one, if a bounded search finds one. Otherwise the key shares one of a
 * few spare accounts with others of the same hash, with the limits of a single client: so many addresses at once
 * cannot use more than the table and the spare accounts allow, and new clients suffer from them until places are free.
 */
final class AccountTable {
    /** The most accounts with a key of their own. */
    static final int ACCOUNTS_MAX = 8_192;

    /** The accounts that keys without an own account share. */
    static final int SPARE_ACCOUNTS = 64;

    /** The accounts that one search for a place looks at. */
    private static final int SEARCH_MAX = 64;

    private final Account.Kind kind;
    private final int accountsMax;
    private final ConcurrentMap<String, Account> accounts = new ConcurrentHashMap<>();
    private final List<Account> places = new ArrayList<>();
    private final List<Account> spare = new ArrayList<>();
    private Function<String, LimitSet> limits;
    private int hand;

    /** A table of at most {@code accountsMax} accounts; {@code limits} returns the limits of a key. */
    AccountTable(
            Account.Kind kind, int accountsMax, Function<String, LimitSet> limits, LimitSet others, long nowNanos) {
        this.kind = kind;
        this.accountsMax = accountsMax;
        this.limits = limits;
        for (int i = 0; i < SPARE_ACCOUNTS; i++) {
            spare.add(new Account(kind, "others " + i, others, nowNanos));
        }
    }

    /** The account of a key, with one more user; the caller releases it. */
    Account retain(String key, long nowNanos) {
        Account known = accounts.get(key);
        return known != null && known.retain() ? known : add(key, nowNanos);
    }

    private synchronized Account add(String key, long nowNanos) {
        Account known = accounts.get(key);
        if (known != null && known.retain()) {
            return known;
        }
        Account account = new Account(kind, key, limits.apply(key), nowNanos);
        if (!place(account, nowNanos)) {
            account = spare.get(Math.floorMod(key.hashCode(), SPARE_ACCOUNTS));
        }
        account.retain();
        return account;
    }

    private boolean place(Account account, long nowNanos) {
        if (places.size() < accountsMax) {
            places.add(account);
            accounts.put(account.key(), account);
            return true;
        }
        for (int i = 0; i < Math.min(SEARCH_MAX, accountsMax); i++) {
            hand = (hand + 1) % accountsMax;
            Account old = places.get(hand);
            if (old.evict(nowNanos)) {
                accounts.remove(old.key());
                places.set(hand, account);
                accounts.put(account.key(), account);
                return true;
            }
        }
        return false;
    }

    /** The limits were read again. */
    synchronized void limit(Function<String, LimitSet> newLimits, LimitSet others, long nowNanos) {
        limits = newLimits;
        for (Account account : places) {
            account.limit(newLimits.apply(account.key()), nowNanos);
        }
        for (Account account : spare) {
            account.limit(others, nowNanos);
        }
    }

    /** The number of accounts with a key of their own. */
    int size() {
        return accounts.size();
    }
}
