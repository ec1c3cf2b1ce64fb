package io.github.keywharf.cassandra.key;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One thing that somebody does.
 *
 * @param kind what
 * @param which on which organisation, key or statement, of those that there are then
 * @param how a further choice
 */
record TenancyAct(Kind kind, int which, int how) {

    /** The number says how often, compared with the others. */
    enum Kind {
        ISSUE(8),
        ISSUE_FOR_A_SECOND(1),
        OPEN(6),
        READ_AND_WRITE(12),
        ATTACK(30),
        CHECK(6),
        CHECK_AT_THE_OTHER_RING(2),
        ROTATE(4),
        ROTATE_WITH_GRACE(4),
        EXPIRE(2),
        EXPIRE_LATER(2),
        REVOKE(3),
        SWEEP(1),
        MAKE_ADMIN(1),
        ROTATE_ADMIN(2),
        USE_ADMIN(2),
        REVOKE_ADMIN(1),
        ONBOARD_AGAIN(1),
        STEAL_A_KEYSPACE(2),
        CHANGE_SCHEMA(1),
        OFFBOARD(1),
        COME_BACK(2);

        final int weight;
        final boolean isAttack;
        final boolean isAlone;

        Kind(int weight) {
            this.weight = weight;
            String name = name();
            this.isAttack = List.of("ATTACK", "CHECK_AT_THE_OTHER_RING", "REVOKE_ADMIN", "STEAL_A_KEYSPACE")
                    .contains(name);
            // An organisation is not to be offboarded while it is being onboarded.
            this.isAlone = List.of("ONBOARD_AGAIN", "COME_BACK", "REVOKE_ADMIN").contains(name);
        }
    }

    static List<TenancyAct> sequence(Random random, int length) {
        List<Kind> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < kind.weight; i++) {
                kinds.add(kind);
            }
        }
        List<TenancyAct> acts = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            acts.add(new TenancyAct(
                    kinds.get(random.nextInt(kinds.size())), random.nextInt(1 << 16), random.nextInt(1 << 16)));
        }
        return acts;
    }

    @Override
    public String toString() {
        return kind + "(" + which + "," + how + ")";
    }
}
