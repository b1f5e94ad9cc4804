/* The growth model as a patient programmer would write it for one core: members side by side in vector registers, the whole
   trajectory of a group of members at a time, exp and log of its own (relative error below 1e-13, see the check in limit.py).
   Compiled with -O3 -march=native; LANES is 8 where the processor has AVX-512, else 4. */
#include <stdint.h>
#include <string.h>

#ifdef __AVX512F__
#define LANES 8
#else
#define LANES 4
#endif

typedef double real __attribute__((vector_size(LANES * 8)));
typedef int64_t whole __attribute__((vector_size(LANES * 8)));

enum { STOCKS = 14, DRAWN = 12 };

static inline real all(double x) { return x - (real){0}; }
static inline real choose(whole condition, real yes, real no) {
    return (real)(((whole)yes & condition) | ((whole)no & ~condition));
}
static inline real larger(real a, real b) { return choose(a > b, a, b); }

/* exp: x = n*ln2 + r with |r| <= ln2/2, a polynomial of degree 13 for exp(r), 2**n put into the exponent. */
static inline real vexp(real x) {
    const double shift = 6755399441055744.0; /* 1.5 * 2**52 */
    real n = x * 1.4426950408889634 + shift;
    whole exponent = (whole)n - (whole)all(shift);
    n = n - shift;
    real r = x - n * 6.93147180369123816490e-01;
    r = r - n * 1.90821492927058770002e-10;
    real p = all(1.6059043836821613e-10);
    p = p * r + 2.08767569878681e-09;
    p = p * r + 2.505210838544172e-08;
    p = p * r + 2.755731922398589e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.48015873015873e-05;
    p = p * r + 0.0001984126984126984;
    p = p * r + 0.001388888888888889;
    p = p * r + 0.008333333333333333;
    p = p * r + 0.041666666666666664;
    p = p * r + 0.16666666666666666;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return (real)((whole)p + (exponent << 52));
}

/* log of a positive number: m*2**e with m in [sqrt(1/2), sqrt(2)), log m = 2*atanh((m-1)/(m+1)). */
static inline real vlog(real x) {
    whole bits = (whole)x;
    whole raised = bits - 0x3fe6a09e667f3bcdLL;
    whole e = raised >> 52;
    real m = (real)(bits - (e << 52));
    real s = (m - 1.0) / (m + 1.0);
    real z = s * s;
    real p = all(1.0 / 23.0);
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    real log_m = 2.0 * s + 2.0 * s * z * p;
    return __builtin_convertvector(e, real) * 0.6931471805599453 + log_m;
}

static inline real vtanh(real x) { return 1.0 - 2.0 / (vexp(2.0 * x) + 1.0); }

typedef struct {
    real factory_exponent, service_exponent, public_elasticity, market_elasticity, utilisation_response, investment_response;
    real demand_growth, catch_up, research_elasticity, fertility, migration_pull, crossing_rate;
} Parameters;

static inline __attribute__((always_inline)) void rates(double time, const real *y, const Parameters *p, real *k) {
    const real factory_capital = y[0], service_capital = y[1], work_in_progress = y[2], public_capital = y[3];
    const real productivity = y[4], research_stock = y[5], expected_growth = y[6], young = y[7], working = y[8], old = y[9];
    const real small_firms = y[10], large_firms = y[11], hightech_firms = y[12], price = y[13];

    real population = young + working + old;
    real log_labour = vlog(working * (1.0 / 410.0));
    real log_public = p->public_elasticity * vlog(public_capital * (1.0 / 2400.0));
    real log_productivity = vlog(productivity);
    real factory_potential = 1150.0 * productivity
        * vexp(p->factory_exponent * vlog(factory_capital * (1.0 / 2600.0)) + (1.0 - p->factory_exponent) * log_labour + log_public);
    real service_potential = 2350.0 * productivity
        * vexp(p->service_exponent * vlog(service_capital * (1.0 / 5200.0)) + (1.0 - p->service_exponent) * log_labour + log_public);
    real factory_demand = 1150.0 * vexp(p->demand_growth * (time - 2021.0) + p->market_elasticity * log_productivity);
    real factory_output = factory_potential
        * (0.9 + 0.15 * vtanh(p->utilisation_response * vlog(factory_demand / factory_potential) + 0.8));
    real service_demand = 2350.0 * (0.25 / 1150.0 * factory_output + 0.75 / 665.0 * population * productivity);
    real service_output = service_potential
        * (0.95 + 0.1 * vtanh(p->utilisation_response * vlog(service_demand / service_potential) + 0.5));
    real output = factory_output + service_output;
    real return_on_capital = p->factory_exponent * factory_output / factory_capital;
    real factory_investment = 1.15 * factory_capital * larger(0.11 + expected_growth, all(0.0))
        * vexp(p->investment_response * vlog(return_on_capital * 5.0));
    real commissioning = work_in_progress / (2.0 * (1.0 + 0.3 * (work_in_progress * (1.0 / 520.0) - 1.0)));
    real research_spending = 0.018 * (1.0 + 0.2 * (hightech_firms * (1.0 / 620.0) - 1.0)) * output;
    real productivity_growth = 0.006 + p->catch_up * (0.7884573603642703 - log_productivity)
        + p->research_elasticity * (research_spending / research_stock - 0.15);
    real output_growth = productivity_growth + p->factory_exponent * (commissioning / factory_capital - 0.11);
    real growing_up = young * (1.0 / 15.0), retiring = working * (1.0 / 45.0);
    real net_migration = p->migration_pull * working * vlog(output / (population * 5.2));
    real crossings = p->crossing_rate * small_firms * vexp(1.06 * (output_growth + 0.012));

    k[0] = commissioning - 0.11 * factory_capital;
    k[1] = 0.9 * expected_growth * service_capital;
    k[2] = factory_investment - commissioning;
    k[3] = 0.85 * 0.05 * output - 0.07 * public_capital;
    k[4] = productivity_growth * productivity;
    k[5] = research_spending - 0.15 * research_stock;
    k[6] = (output_growth - expected_growth) * (1.0 / 3.0);
    k[7] = p->fertility * working - growing_up;
    k[8] = growing_up - retiring + net_migration;
    k[9] = retiring - 0.05 * old;
    k[10] = 0.16 * small_firms * (1.0 + 1.5 * expected_growth) * vexp(small_firms * (-1.0 / 90000.0)) - 0.07 * small_firms - crossings;
    k[11] = crossings - 0.05 * large_firms;
    k[12] = 0.2 * larger(0.35 * large_firms - hightech_firms, all(0.0)) - 0.08 * hightech_firms;
    k[13] = 0.012 * price;
}

/* Classical Runge-Kutta with fixed steps. parameters [DRAWN][members], first [STOCKS], last [STOCKS][members];
   members is a multiple of LANES. */
void simulate(int64_t members, int64_t years, int64_t steps, const double *parameters, const double *first, double *last) {
    const double dt = 1.0 / (double)steps;
    for (int64_t member = 0; member < members; member += LANES) {
        Parameters p;
        real y[STOCKS], at[STOCKS], k[STOCKS], gain[STOCKS];
        for (int i = 0; i < DRAWN; i++) memcpy((real *)&p + i, parameters + i * members + member, sizeof(real));
        for (int i = 0; i < STOCKS; i++) y[i] = all(first[i]);
        for (int64_t step = 0; step < years * steps; step++) {
            const double time = 2021.0 + (double)step / (double)steps;
            rates(time, y, &p, k);
            for (int i = 0; i < STOCKS; i++) { gain[i] = k[i]; at[i] = y[i] + 0.5 * dt * k[i]; }
            rates(time + 0.5 * dt, at, &p, k);
            for (int i = 0; i < STOCKS; i++) { gain[i] += 2.0 * k[i]; at[i] = y[i] + 0.5 * dt * k[i]; }
            rates(time + 0.5 * dt, at, &p, k);
            for (int i = 0; i < STOCKS; i++) { gain[i] += 2.0 * k[i]; at[i] = y[i] + dt * k[i]; }
            rates(time + dt, at, &p, k);
            for (int i = 0; i < STOCKS; i++) y[i] += dt / 6.0 * (gain[i] + k[i]);
        }
        for (int i = 0; i < STOCKS; i++) memcpy(last + i * members + member, &y[i], sizeof(real));
    }
}

/* For the check of exp and log. */
void elementary(int64_t count, const double *x, double *exponential, double *logarithm) {
    for (int64_t i = 0; i < count; i += LANES) {
        real v;
        memcpy(&v, x + i, sizeof v);
        real e = vexp(v), l = vlog(vexp(v));
        memcpy(exponential + i, &e, sizeof e);
        memcpy(logarithm + i, &l, sizeof l);
    }
}
