// Each service gets a user of its own that sees its own database only.
const services = ["gateway", "conversation", "payments", "credex", "notifier", "reporting"];
const admin = db.getSiblingDB("admin");
for (const service of services) {
  const database = `ruvimbo_${service}`;
  if (admin.getUser(service) === null) {
    admin.createUser({
      user: service,
      pwd: process.env.SERVICE_DB_PASSWORD,
      roles: [{ role: "readWrite", db: database }],
    });
  }
}
