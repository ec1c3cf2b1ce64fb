package io.github.keywharf.testing.totesys;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The rows that never change: departments, staff, currencies, payment types, addresses and counterparties. */
final class StaticRows {
    private static final List<String> PEOPLE = List.of(
            "Ada Okafor",
            "Basil O'Keefe",
            "Carla Lindqvist",
            "Dermot Vane",
            "Edda Morrow",
            "Felix Tanaka",
            "Greta Holm",
            "Hugo Marsh",
            "Ines Duarte",
            "Joss Whitlock",
            "Kira Petrov",
            "Liam Ashdown",
            "Mona Farrell",
            "Nils Berg",
            "Orla Byrne",
            "Pablo Quint",
            "Rhea Sandhu",
            "Silas Crowe",
            "Tessa Lund",
            "Umar Nazari");
    private static final List<String> STREETS =
            List.of("Crossing", "Mews", "Parkway", "Turnpike", "Throughway", "Common", "Lodge", "Hill");
    private static final List<String> SURNAMES =
            List.of("Alder", "Brant", "Corwin", "D'Amico", "Ellery", "Fenwick", "Garrow", "Hollis", "Ibsen", "Jarrow");
    private static final List<String> DISTRICTS =
            List.of("Avon", "Bedfordshire", "Berkshire", "Borders", "Buckinghamshire", "Cambridgeshire", "Cumbria");
    private static final List<String> CITIES = List.of(
            "Port Alder", "New Corwin", "Eastbrook", "Lake Fenwick", "Northmoor", "Saint Ellery", "West Hollis");
    private static final List<String> COUNTRIES = List.of(
            "Turkey",
            "Iceland",
            "Heard Island and McDonald Islands",
            "Falkland Islands (Malvinas)",
            "Peru",
            "Korea, Republic of",
            "United Kingdom",
            "United States of America",
            "Cote d'Ivoire",
            "Fiji");

    private StaticRows() {}

    static void write(Ledger ledger, LocalDate day, Random random) throws SQLException {
        LocalDateTime first = day.atTime(14, 20, 49, 962_000_000);
        LocalDateTime second = day.atTime(14, 20, 51, 563_000_000);
        addresses(ledger, first, random);
        departments(ledger, first);
        for (String code : List.of("GBP", "USD", "EUR")) {
            ledger.insert("currency", ledger.nextId("currency"), code, first, first);
        }
        for (String name : List.of("SALES_RECEIPT", "SALES_REFUND", "PURCHASE_PAYMENT", "PURCHASE_REFUND")) {
            ledger.insert("payment_type", ledger.nextId("payment_type"), name, first, first);
        }
        staff(ledger, second, random);
        counterparties(ledger, second, random);
        ledger.commit();
    }

    private static void departments(Ledger ledger, LocalDateTime at) throws SQLException {
        String[][] rows = {
            {"Sales", "Manchester", "Rowan Pike"},
            {"Purchasing", "Manchester", "Naomi Lapaglia-Reid"},
            {"Production", "Leeds", "Chester Minton"},
            {"Dispatch", "Leds", "Mark Hanley"},
            {"Finance", "Manchester", "Jordan Belfield"},
            {"Facilities", "Manchester", "Shelley Lavender"},
            {"Communications", "Leeds", "Ann Blakely"},
            {"HR", "Leeds", "James Linkwood"}
        };
        for (String[] row : rows) {
            ledger.insert("department", ledger.nextId("department"), row[0], row[1], row[2], at, at);
        }
    }

    private static void staff(Ledger ledger, LocalDateTime at, Random random) throws SQLException {
        for (String person : PEOPLE) {
            List<String> names = List.of(person.split(" ", 2));
            String email = (names.get(0) + "." + names.get(1)).toLowerCase(Locale.ROOT) + "@terrifictotes.com";
            ledger.insert(
                    "staff", ledger.nextId("staff"), names.get(0), names.get(1), 2 + random.nextInt(7), email, at, at);
        }
    }

    private static void addresses(Ledger ledger, LocalDateTime at, Random random) throws SQLException {
        for (int i = 0; i < 30; i++) {
            ledger.insert(
                    "address",
                    ledger.nextId("address"),
                    (1 + random.nextInt(9_999)) + " " + pick(SURNAMES, random) + " " + pick(STREETS, random),
                    i % 3 == 0 ? pick(SURNAMES, random) + " Court" : null,
                    random.nextBoolean() ? pick(DISTRICTS, random) : null,
                    pick(CITIES, random),
                    postalCode(i, random),
                    pick(COUNTRIES, random),
                    phone(random),
                    at,
                    at);
        }
    }

    private static void counterparties(Ledger ledger, LocalDateTime at, Random random) throws SQLException {
        for (int i = 0; i < 20; i++) {
            ledger.insert(
                    "counterparty",
                    ledger.nextId("counterparty"),
                    companyName(i, random),
                    1 + (i < 14 ? i * 2 : random.nextInt(14) * 2),
                    contact(random),
                    contact(random),
                    at,
                    at);
        }
    }

    private static String companyName(int i, Random random) {
        String a = pick(SURNAMES, random);
        String b = pick(SURNAMES, random);
        return switch (i % 4) {
            case 0 -> a + ", " + b + " and " + pick(SURNAMES, random);
            case 1 -> a + " Inc";
            case 2 -> a + " - " + b;
            default -> a + " and Sons";
        };
    }

    private static String contact(Random random) {
        String name = pick(PEOPLE, random);
        return switch (random.nextInt(5)) {
            case 0 -> "Mrs. " + name;
            case 1 -> name + " III";
            case 2 -> name + " DDS";
            default -> name;
        };
    }

    private static String postalCode(int i, Random random) {
        String code = String.format(Locale.ROOT, "%05d", i % 10 == 0 ? 1_138 + i : random.nextInt(100_000));
        return i % 2 == 0 ? code : code + String.format(Locale.ROOT, "-%04d", random.nextInt(10_000));
    }

    static String phone(Random random) {
        return String.format(Locale.ROOT, "%04d %06d", random.nextInt(10_000), random.nextInt(1_000_000));
    }

    static <T> T pick(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
