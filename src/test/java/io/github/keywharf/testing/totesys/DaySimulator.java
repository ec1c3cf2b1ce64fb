package io.github.keywharf.testing.totesys;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Lets days pass on a ledger. What happens on a day depends on the seed and the date alone, and on the ledger only
 * through the ids that exist, so days may be simulated in any number of pieces.
 */
final class DaySimulator {
    private static final List<String> MATERIALS = List.of(
            "Wooden",
            "Bronze",
            "Soft",
            "Plastic",
            "Cotton",
            "Granite",
            "Frozen",
            "Steel",
            "Fresh",
            "Metal",
            "Concrete",
            "Rubber");
    private static final List<String> DIRECTORIES = List.of(
            "/bin",
            "/boot",
            "/dev",
            "/etc",
            "/etc/defaults",
            "/etc/mail",
            "/etc/namedb",
            "/etc/periodic",
            "/etc/ppp",
            "/home",
            "/home/user",
            "/home/user/dir",
            "/lib",
            "/lost+found",
            "/media",
            "/mnt",
            "/net",
            "/opt",
            "/opt/bin",
            "/opt/include",
            "/opt/lib",
            "/opt/sbin",
            "/opt/share",
            "/private",
            "/private/tmp",
            "/private/var",
            "/proc",
            "/rescue",
            "/root",
            "/sbin",
            "/selinux",
            "/srv",
            "/sys",
            "/tmp",
            "/usr",
            "/usr/bin",
            "/usr/include",
            "/usr/lib",
            "/usr/libdata",
            "/usr/libexec",
            "/usr/local/bin",
            "/usr/local/src",
            "/usr/obj",
            "/usr/ports",
            "/usr/sbin",
            "/usr/share",
            "/usr/src",
            "/usr/X11R6",
            "/var",
            "/var/log",
            "/var/mail",
            "/var/spool",
            "/var/tmp",
            "/var/yp",
            "/Library",
            "/Network",
            "/System",
            "/Users",
            "/Applications",
            "/var/lib");
    private static final List<String> SALE_EDITS = List.of(
            "agreed_delivery_location_id",
            "agreed_delivery_location_id",
            "agreed_delivery_location_id",
            "agreed_delivery_date",
            "agreed_delivery_date",
            "design_id",
            "design_id",
            "staff_id",
            "staff_id");
    private static final List<String> PURCHASE_EDITS =
            List.of("agreed_delivery_location_id", "agreed_delivery_date", "staff_id");
    private static final double WORKING_DAYS_A_MONTH = 21.7;
    private static final long CODES = 78_364_164_096L;
    /** Prime to 36, so that multiplying by it maps ids to item codes one to one. */
    private static final long CODE_STEP = 31_415_926_537L;

    private final long seed;
    private final TotesysGenerator.Volume volume;

    DaySimulator(long seed, TotesysGenerator.Volume volume) {
        this.seed = seed;
        this.volume = volume;
    }

    private enum Kind {
        PAY_DUE,
        DESIGN,
        SALE,
        PURCHASE,
        SALE_EDIT,
        PURCHASE_EDIT,
        DESIGN_EDIT
    }

    private record Event(LocalDateTime at, Kind kind, long seed) {
        boolean order() {
            return kind == Kind.SALE || kind == Kind.PURCHASE;
        }
    }

    /** The ids of one order and its satellites. */
    private record Ids(int order, int transaction, int payment) {}

    /** Writes the static rows, ten designs, five sales and five purchases, all in one afternoon second. */
    void seedingDay(Ledger ledger, LocalDate day) throws SQLException {
        Random random = staticRows(ledger, day, 10);
        LocalDateTime at = day.atTime(14, 20, 52);
        for (int i = 0; i < 10; i++) {
            Kind kind = i % 2 == 0 ? Kind.SALE : Kind.PURCHASE;
            LocalDateTime second = at.plus(Duration.ofMillis(200 + random.nextInt(800)));
            order(ledger, new Event(second, kind, random.nextLong()), draw(ledger, kind));
        }
    }

    /** Writes the static rows and some designs only. */
    Random staticRows(Ledger ledger, LocalDate day, int designs) throws SQLException {
        Random random = random(day, 1);
        StaticRows.write(ledger, day, random);
        for (int i = 0; i < designs; i++) {
            design(ledger, day.atTime(14, 20, 52, random.nextInt(200) * 1_000_000), random);
        }
        return random;
    }

    /** Applies everything that happens after {@code from} and not after {@code until}. */
    void simulate(Ledger ledger, LocalDateTime from, LocalDateTime until) throws SQLException {
        for (LocalDate day = from.toLocalDate(); !day.isAfter(until.toLocalDate()); day = day.plusDays(1)) {
            List<Event> events = plan(day).stream()
                    .filter(event -> event.at().isAfter(from) && !event.at().isAfter(until))
                    .toList();
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                int chance = (int) Math.floorMod(event.seed(), 1_000L);
                boolean twoOrders = event.order()
                        && i + 1 < events.size()
                        && events.get(i + 1).order();
                if (chance < 3 && twoOrders) {
                    outOfOrder(ledger, event, events.get(i + 1), chance == 0);
                    i++;
                } else {
                    apply(ledger, event);
                }
            }
        }
    }

    private List<Event> plan(LocalDate day) {
        List<Event> events = new ArrayList<>();
        if (day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY) {
            return events;
        }
        Random random = random(day, 2);
        events.add(new Event(day.atTime(7, 55, 11, random.nextInt(1_000) * 1_000_000), Kind.PAY_DUE, 0));
        add(events, day, Kind.SALE, around(volume.salesPerDay(), random), random);
        add(events, day, Kind.PURCHASE, around(volume.purchasesPerDay(), random), random);
        add(events, day, Kind.DESIGN, perMonth(volume.designsPerMonth(), random), random);
        add(events, day, Kind.SALE_EDIT, perMonth(volume.salesEditsPerMonth(), random), random);
        add(events, day, Kind.PURCHASE_EDIT, perMonth(volume.purchaseEditsPerMonth(), random), random);
        add(events, day, Kind.DESIGN_EDIT, perMonth(volume.designEditsPerMonth(), random), random);
        events.sort(Comparator.comparing(Event::at));
        return Collections.unmodifiableList(events);
    }

    private static void add(List<Event> events, LocalDate day, Kind kind, int count, Random random) {
        for (int i = 0; i < count; i++) {
            int minute = random.nextInt(11 * 60);
            int millis = random.nextInt(1_000) < 1 ? 0 : random.nextInt(1_000);
            LocalDateTime at = day.atTime(8 + minute / 60, minute % 60, 9 + random.nextInt(2), millis * 1_000_000);
            events.add(new Event(at, kind, random.nextLong()));
        }
    }

    private static int around(double mean, Random random) {
        return (int) Math.round(Math.max(0, Math.min(mean * 1.6, mean + random.nextGaussian() * mean * 0.27)));
    }

    private static int perMonth(double count, Random random) {
        double mean = count / WORKING_DAYS_A_MONTH;
        return (int) mean + (random.nextDouble() < mean - (int) mean ? 1 : 0);
    }

    private void apply(Ledger ledger, Event event) throws SQLException {
        Random random = new Random(event.seed());
        switch (event.kind()) {
            case PAY_DUE -> ledger.payDue(event.at());
            case DESIGN -> design(ledger, event.at(), random);
            case SALE, PURCHASE -> order(ledger, event, draw(ledger, event.kind()));
            case SALE_EDIT -> orderEdit(ledger, "sales_order", SALE_EDITS, event.at(), random);
            case PURCHASE_EDIT -> orderEdit(ledger, "purchase_order", PURCHASE_EDITS, event.at(), random);
            case DESIGN_EDIT -> {
                int id = StaticRows.pick(ledger.ids("design"), random);
                ledger.edit("design", id, "file_location", StaticRows.pick(DIRECTORIES, random));
            }
        }
        ledger.commit();
    }

    /** Two orders whose ids are drawn so that payments do not follow transactions, or ids do not follow time. */
    private void outOfOrder(Ledger ledger, Event first, Event second, boolean againstTime) throws SQLException {
        if (againstTime) {
            apply(ledger, second);
            apply(ledger, first);
            return;
        }
        int firstOrder = ledger.nextId(table(first.kind()));
        int firstTransaction = ledger.nextId("transaction");
        Ids secondIds = draw(ledger, second.kind());
        order(ledger, first, new Ids(firstOrder, firstTransaction, ledger.nextId("payment")));
        ledger.commit();
        order(ledger, second, secondIds);
        ledger.commit();
    }

    /** Writes one order with its transaction and payment, without a commit. */
    static void writeOrder(Ledger ledger, LocalDateTime at, boolean sale, long seed) throws SQLException {
        Kind kind = sale ? Kind.SALE : Kind.PURCHASE;
        order(ledger, new Event(at, kind, seed), draw(ledger, kind));
    }

    private static Ids draw(Ledger ledger, Kind kind) throws SQLException {
        return new Ids(ledger.nextId(table(kind)), ledger.nextId("transaction"), ledger.nextId("payment"));
    }

    private static String table(Kind kind) {
        return kind == Kind.SALE ? "sales_order" : "purchase_order";
    }

    private static void order(Ledger ledger, Event event, Ids ids) throws SQLException {
        Random random = new Random(event.seed());
        LocalDateTime at = event.at();
        int design = StaticRows.pick(ledger.ids("design"), random);
        int staff = StaticRows.pick(ledger.ids("staff"), random);
        int counterparty = StaticRows.pick(ledger.ids("counterparty"), random);
        int currency = StaticRows.pick(ledger.ids("currency"), random);
        int location = StaticRows.pick(ledger.ids("address"), random);
        String delivery = dateWithin(at, 7, random);
        String payment = dateWithin(at, 6, random);
        BigDecimal amount;
        if (event.kind() == Kind.SALE) {
            int units = 1_000 + random.nextInt(99_001);
            BigDecimal price = cents(200 + random.nextInt(201));
            amount = price.multiply(BigDecimal.valueOf(units));
            ledger.insert(
                    "sales_order",
                    ids.order(),
                    at,
                    at,
                    design,
                    staff,
                    counterparty,
                    units,
                    price,
                    currency,
                    delivery,
                    payment,
                    location);
            ledger.insert("transaction", ids.transaction(), "SALE", ids.order(), null, at, at);
        } else {
            int quantity = 1 + random.nextInt(999);
            BigDecimal price = cents(100 + random.nextInt(99_900));
            amount = price.multiply(BigDecimal.valueOf(quantity));
            ledger.insert(
                    "purchase_order",
                    ids.order(),
                    at,
                    at,
                    staff,
                    counterparty,
                    itemCode(ids.order()),
                    quantity,
                    price,
                    currency,
                    delivery,
                    payment,
                    location);
            ledger.insert("transaction", ids.transaction(), "PURCHASE", null, ids.order(), at, at);
        }
        ledger.insert(
                "payment",
                ids.payment(),
                at,
                at,
                ids.transaction(),
                counterparty,
                amount,
                currency,
                event.kind() == Kind.SALE ? 1 : 3,
                false,
                payment,
                account(random),
                account(random));
    }

    private void design(Ledger ledger, LocalDateTime at, Random random) throws SQLException {
        String name = StaticRows.pick(MATERIALS, random);
        LocalDate date = at.toLocalDate().minusDays(3 + random.nextInt(726));
        StringBuilder file = new StringBuilder(name.toLowerCase(Locale.ROOT))
                .append('-')
                .append(date.toString().replace("-", ""))
                .append('-');
        for (int i = 0; i < 4; i++) {
            file.append(Character.forDigit(random.nextInt(36), 36));
        }
        ledger.insert(
                "design",
                ledger.nextId("design"),
                at,
                name,
                StaticRows.pick(DIRECTORIES, random),
                file.append(".json").toString(),
                at);
        ledger.commit();
    }

    private static void orderEdit(Ledger ledger, String table, List<String> columns, LocalDateTime at, Random random)
            throws SQLException {
        int last = ledger.lastId(table);
        if (last == 0) {
            return;
        }
        int id = 1 + random.nextInt(last);
        String column = StaticRows.pick(columns, random);
        Object value = switch (column) {
            case "agreed_delivery_date" ->
                at.toLocalDate().plusDays(1 + random.nextInt(10)).toString();
            case "design_id" -> StaticRows.pick(ledger.ids("design"), random);
            case "staff_id" -> StaticRows.pick(ledger.ids("staff"), random);
            default -> StaticRows.pick(ledger.ids("address"), random);
        };
        ledger.edit(table, id, column, value);
    }

    private static String dateWithin(LocalDateTime at, int days, Random random) {
        return at.plusSeconds(
                        (long) (random.nextDouble() * Duration.ofDays(days).toSeconds()))
                .toLocalDate()
                .toString();
    }

    private static BigDecimal cents(int cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    static int account(Random random) {
        return 10_000_000 + random.nextInt(90_000_000);
    }

    /** Seven characters of A-Z and 0-9, different for each id. */
    private static String itemCode(int id) {
        String code = Long.toString(Math.floorMod(id * CODE_STEP, CODES), 36);
        return "0".repeat(7 - code.length()) + code.toUpperCase(Locale.ROOT);
    }

    private Random random(LocalDate day, int purpose) {
        long mixed = seed * 0x9E3779B97F4A7C15L + day.toEpochDay() * 0xBF58476D1CE4E5B9L + purpose;
        mixed = (mixed ^ (mixed >>> 31)) * 0x94D049BB133111EBL;
        return new Random(mixed ^ (mixed >>> 29));
    }
}
